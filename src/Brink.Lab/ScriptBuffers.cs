namespace Brink.Lab;

/// <summary>The tensors of a script that are no parameters, as it has them now.</summary>
internal static class ScriptBuffers
{
    /// <remarks>TorchSharp's own list is made once, when the module is converted, and misses what is put in its place
    /// later.</remarks>
    /// <returns>Their names, and wrappers of the tensors themselves.</returns>
    public static IEnumerable<(string Name, Tensor Value)> Of(jit.ScriptModule module)
    {
        var parameters = module.named_parameters().Select(part => part.name).ToHashSet(StringComparer.Ordinal);
        return module.named_modules()
            .Select(part => (Prefix: part.Item1 + ".", Module: (jit.ScriptModule)part.Item2))
            .Prepend((Prefix: "", Module: module))
            .SelectMany(owner => owner.Module.named_attributes(false)
                // What is no tensor (a submodule, a setting) has no handle.
                .Where(attribute => !attribute.Item2.IsInvalid)
                .Select(attribute => (Name: owner.Prefix + attribute.Item1, Value: attribute.Item2)))
            .Where(attribute => !parameters.Contains(attribute.Name));
    }
}
