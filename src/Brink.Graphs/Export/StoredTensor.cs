namespace Brink.Graphs.Export;

/// <summary>An input of a program whose value is in the file.</summary>
/// <param name="Name">Name by which nodes refer to it.</param>
/// <param name="Title">Name in the model, such as <c>conv1.weight</c>.</param>
/// <param name="Role">Parameter, or fixed.</param>
/// <param name="Folder">Folder of the archive that holds it, with its slash.</param>
/// <param name="Value">What the graph states about it.</param>
/// <param name="Words">Kind and title, for messages.</param>
internal sealed record StoredTensor(string Name, string Title, ConstantRole Role, string Folder, Field Value, string Words)
{
    /// <summary>The folder of parameters and persistent buffers.</summary>
    public const string Weights = "data/weights/";

    /// <summary>The folder of other buffers and constants.</summary>
    public const string Constants = "data/constants/";

    /// <summary>Reads an input of the signature.</summary>
    /// <param name="kind">Kind in the signature.</param>
    /// <param name="spec">Content of the kind.</param>
    /// <param name="values">What the graph states about its tensors, by name.</param>
    public static StoredTensor Of(string kind, Field spec, Field values)
    {
        var name = spec["arg"]["name"].Text;
        var title = spec[$"{kind}_name"].Text;
        var words = $"{kind.Replace('_', ' ')} {Quoted.Of(title)}";
        var inWeights = kind == "parameter" || (kind == "buffer" && spec["persistent"].Truth);
        return new(
            name,
            title,
            kind == "parameter" ? ConstantRole.Parameter : ConstantRole.Fixed,
            inWeights ? Weights : Constants,
            values.At($"{values.Place}: {words}")[name],
            words);
    }
}
