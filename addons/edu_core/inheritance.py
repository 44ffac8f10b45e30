"""Which models of a registry take part in one of our mixins."""


def concrete_models(env, mixin):
    """Sorted names of the models with a table that inherit ``mixin``, in whatever addon."""
    registry = env.registry
    return sorted(
        name
        for name, model in registry.items()
        if issubclass(model, registry[mixin]) and not model._abstract
    )
