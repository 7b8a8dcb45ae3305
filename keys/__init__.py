"""Keys: one purpose per key, with versions and dates; keyed hashes; sealing; the document signing key.

Key material never leaves a `SecretKey` or `DocumentKey` by way of repr, str, pickle, a log or an exception.
"""
