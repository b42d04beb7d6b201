namespace Brink.Lab;

/// <summary>The current tensors of a script that are not parameters.</summary>
internal static class ScriptBuffers
{
    /// <returns>Their names, and wrappers of the tensors themselves.</returns>
    public static IEnumerable<(string Name, Tensor Value)> Of(jit.ScriptModule module)
    {
        var parameters = module.named_parameters().Select(part => part.name).ToHashSet(StringComparer.Ordinal);
        return ScriptAttribute.Of(module)
            .Select(attribute => (Name: attribute.Prefix + attribute.Name, attribute.Value))
            .Where(attribute => !parameters.Contains(attribute.Name));
    }
}
