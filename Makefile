# make demo: set up, train on bundled data, show the result.   make test: set up, run every test.
PYTHON ?= python3
RUN := .venv/bin

.PHONY: demo test test-all setup clean

.venv/.ready: pyproject.toml
	test -x $(RUN)/python || $(PYTHON) -m venv .venv
	$(RUN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check -e '.[dev]'
	touch $@

setup: .venv/.ready

demo: setup
	$(RUN)/seodang train digits

test: setup
	$(RUN)/python -m pytest -m "not slow"

test-all: setup
	$(RUN)/python -m pytest

clean:
	rm -rf .venv build dist
