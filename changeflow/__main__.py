"""`python -m changeflow` is `changeflow`."""

from changeflow.cli.main import main

if __name__ == "__main__":
    main()
