namespace Brink.Lab;

/// <summary>The floating-point precision of a script.</summary>
internal static class ScriptPrecision
{
    /// <summary>Converts floating-point parameters and buffers. Whole numbers and truth values (indices, counts, masks) keep
    /// their type: code that takes an index takes no float.</summary>
    public static void Set(jit.ScriptModule module, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // libtorch converts all of them, in place: the others are put back.
        var kept = ScriptAttribute.Of(module)
            .Where(attribute => !attribute.Value.is_floating_point())
            .Select(attribute => attribute with { Value = attribute.Value.detach().clone() })
            .ToArray();
        module.to(precision);
        foreach (var attribute in kept) attribute.Owner.set_attribute(attribute.Name, attribute.Value);
    }
}
