namespace Brink.Lab;

/// <summary>A tensor of a script, parameter or buffer, and the module of it that has it.</summary>
/// <param name="Owner">The script or a part of it.</param>
/// <param name="Prefix">Of its names in the whole; empty, or with a dot at its end.</param>
/// <param name="Name">In the owner.</param>
/// <param name="Value">A wrapper of the tensor itself.</param>
internal sealed record ScriptAttribute(jit.ScriptModule Owner, string Prefix, string Name, Tensor Value)
{
    /// <remarks>TorchSharp's own list is made once, when the module is converted, and misses what is put in its place
    /// later.</remarks>
    public static IEnumerable<ScriptAttribute> Of(jit.ScriptModule module) => module.named_modules()
        .Select(part => (Prefix: part.Item1 + ".", Owner: (jit.ScriptModule)part.Item2))
        .Prepend((Prefix: "", Owner: module))
        .SelectMany(part => part.Owner.named_attributes(false)
            // What is no tensor (a submodule, a setting) has no handle.
            .Where(attribute => !attribute.Item2.IsInvalid)
            .Select(attribute => new ScriptAttribute(part.Owner, part.Prefix, attribute.Item1, attribute.Item2)));
}
