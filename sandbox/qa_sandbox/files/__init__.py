"""Genuine report files, made when they are asked for and streamed with a known length."""
