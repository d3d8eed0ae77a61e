"""`python -m slimmer` is `slim`."""

from slimmer.cli import main

if __name__ == "__main__":
    main()
