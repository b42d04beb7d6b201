using System.Text;

namespace Brink.Lab.Tests.Fuzzing;

/// <summary>A reader, valid files for it, and what it may do with damaged ones.</summary>
/// <param name="Name">Of the reader and the layer that is damaged.</param>
/// <param name="FileName">Some readers go by it.</param>
/// <param name="Valid">Files, before they are packed.</param>
/// <param name="Read">Reads the file of that path and checks what it got: a right result passes. Returns the bytes of
/// native memory that it took.</param>
/// <param name="Refusal">The documented exception.</param>
internal sealed record FuzzedReader(
    string Name, string FileName, IReadOnlyList<byte[]> Valid, Func<string, long> Read, Type Refusal)
{
    /// <summary>Packs damaged bytes without damage, so that they get past the checksums of what they are packed in.</summary>
    public Func<byte[], byte[]> Packed { get; init; } = bytes => bytes;

    /// <summary>Pieces that mean something to this reader.</summary>
    public IReadOnlyList<byte[]> Tokens { get; init; } = Text("\n", "\r\n", "\0", "\uFEFF", "NaN", "é");

    public static IReadOnlyList<byte[]> Text(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    public static long BytesOf(params IEnumerable<Tensor> tensors) => tensors.Sum(tensor => tensor.numel() * tensor.element_size());
}
