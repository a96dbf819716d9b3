"""Recipes as data: what they may say, the shipped ones, and how one is changed and written."""
