"""Convoys and their routes by road."""
