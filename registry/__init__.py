"""The resident registry core (住民記録). Other rooms use the public face of each part, never its inside."""
