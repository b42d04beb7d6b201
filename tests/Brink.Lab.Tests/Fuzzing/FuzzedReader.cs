using System.Text;

namespace Brink.Lab.Tests.Fuzzing;

/// <summary>A reader, valid files for it, and the exception that it may throw on damaged files.</summary>
/// <param name="Name">Name of the reader and of the damaged layer.</param>
/// <param name="FileName">Name of the file, by which some readers recognize the format.</param>
/// <param name="Valid">Valid files, before they are packed.</param>
/// <param name="Read">Reads the file at a path and checks the result. Returns the bytes of native memory of the result.</param>
/// <param name="Refusal">The documented exception.</param>
internal sealed record FuzzedReader(
    string Name, string FileName, IReadOnlyList<byte[]> Valid, Func<string, long> Read, Type Refusal)
{
    /// <summary>Packs damaged bytes into a valid container, so that its checksums are correct.</summary>
    public Func<byte[], byte[]> Packed { get; init; } = bytes => bytes;

    /// <summary>Byte sequences with a meaning to this reader.</summary>
    public IReadOnlyList<byte[]> Tokens { get; init; } = Text("\n", "\r\n", "\0", "\uFEFF", "NaN", "é");

    public static IReadOnlyList<byte[]> Text(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    public static long BytesOf(params IEnumerable<Tensor> tensors) => tensors.Sum(tensor => tensor.numel() * tensor.element_size());
}
