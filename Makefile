# make demo: set up, train on bundled data, show the result.   make test: set up, run every test.
PYTHON ?= python3
RUN := .venv/bin
# A process a core, one thread each: the suite takes half the time of one process with all cores.
TESTS := OMP_NUM_THREADS=1 $(RUN)/python -m pytest -n auto --maxprocesses 4

.PHONY: demo test test-all messages setup clean

.venv/.ready: pyproject.toml
	test -x $(RUN)/python || $(PYTHON) -m venv .venv
	$(RUN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check -e '.[dev]'
	touch $@

setup: .venv/.ready

demo: setup
	$(RUN)/seodang train digits

test: setup
	$(TESTS) -m "not slow"

test-all: setup
	$(TESTS)

# After a sentence for people was written or changed: collect it, merge its Korean from seodang/locale/parts/, compile.
messages: setup
	$(RUN)/python -m tools.messages

clean:
	rm -rf .venv build dist
