"""changeflow: who should make the changes that a system asks for after go-live?"""

__version__ = "0.1.0"
