namespace Brink.Lab;

/// <summary>A parameter or buffer of a script, and the module that owns it.</summary>
/// <param name="Owner">The script or a part of it.</param>
/// <param name="Prefix">Prefix of the owner's names in the script; empty, or with a dot at its end.</param>
/// <param name="Name">Name in the owner.</param>
/// <param name="Value">A wrapper of the tensor itself.</param>
internal sealed record ScriptAttribute(jit.ScriptModule Owner, string Prefix, string Name, Tensor Value)
{
    /// <remarks>TorchSharp's own list is made once, when the module is converted, and misses tensors that are replaced
    /// later.</remarks>
    public static IEnumerable<ScriptAttribute> Of(jit.ScriptModule module) => module.named_modules()
        .Select(part => (Prefix: part.Item1 + ".", Owner: (jit.ScriptModule)part.Item2))
        .Prepend((Prefix: "", Owner: module))
        .SelectMany(part => part.Owner.named_attributes(false)
            // An attribute that is not a tensor (a submodule, a setting) has no handle.
            .Where(attribute => !attribute.Item2.IsInvalid)
            .Select(attribute => new ScriptAttribute(part.Owner, part.Prefix, attribute.Item1, attribute.Item2)));
}
