"""The same command as `python -m kiosk_server.cli`."""

from kiosk_server.cli.entry import main

if __name__ == "__main__":
    main()
