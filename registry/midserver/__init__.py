"""The municipality's side of the intermediate server (中間サーバー): copies (副本) and provision records."""
