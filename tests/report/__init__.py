"""Tests of what a plan writes."""
