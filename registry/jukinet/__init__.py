"""The municipality's side of the resident network (住基ネットCS, F2-F5). Only `registry.residents` reaches it."""
