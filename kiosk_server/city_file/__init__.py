"""The file in which a city writes what it has set (docs/city-example.toml): read, checked, compared with what is stored."""

from kiosk_server.city_file.comparing import CityContradicted, changes
from kiosk_server.city_file.reading import CityFileWrong, CityWritten, read_city_file

__all__ = ["CityContradicted", "CityFileWrong", "CityWritten", "changes", "read_city_file"]
