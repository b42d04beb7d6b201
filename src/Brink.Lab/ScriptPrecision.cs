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
        var kept = Owners(module)
            .SelectMany(owner => owner.named_attributes(false)
                // What is no tensor (a submodule, a setting) has no handle.
                .Where(attribute => !attribute.Item2.IsInvalid && !attribute.Item2.is_floating_point())
                .Select(attribute => (Owner: owner, Name: attribute.Item1, Value: attribute.Item2.detach().clone())))
            .ToArray();
        module.to(precision);
        foreach (var (owner, name, value) in kept) owner.set_attribute(name, value);
    }

    private static IEnumerable<jit.ScriptModule> Owners(jit.ScriptModule module) =>
        module.named_modules().Select(part => part.Item2).OfType<jit.ScriptModule>().Prepend(module);
}
