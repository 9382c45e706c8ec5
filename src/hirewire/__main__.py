"""``python -m hirewire``: the same as the command ``hirewire``."""

from hirewire.cli.main import main

if __name__ == "__main__":
    main()
