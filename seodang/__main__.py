"""`python -m seodang` is `seodang`."""

from seodang.cli import main

if __name__ == "__main__":
    main()
