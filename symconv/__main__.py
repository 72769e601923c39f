"""``python -m symconv`` is the command ``symconv``."""

from symconv.faces.cli import main

if __name__ == "__main__":
    main()
