namespace Brink.Lab;

/// <summary>The floating-point precision of a script.</summary>
public static class ScriptPrecision
{
    /// <summary>Converts floating-point parameters and buffers. Integers and booleans (indices, counts, masks) keep their type:
    /// an index must not become a float.</summary>
    public static void Set(jit.ScriptModule module, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // libtorch converts all of them, in place: the others are restored.
        var kept = ScriptAttribute.Of(module)
            .Where(attribute => !attribute.Value.is_floating_point())
            .Select(attribute => attribute with { Value = attribute.Value.detach().clone() })
            .ToArray();
        module.to(precision);
        foreach (var attribute in kept) attribute.Owner.set_attribute(attribute.Name, attribute.Value);
    }
}
