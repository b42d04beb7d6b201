namespace Brink.Lab;

/// <summary>Shape of one sample, as the model reads it.</summary>
internal abstract record InputShape;

internal sealed record ImageShape(int Channels, int Height, int Width) : InputShape;

/// <summary>Numbers in any shape except an image's.</summary>
/// <param name="Sizes">Shape of one sample.</param>
internal sealed record VectorShape(params IReadOnlyList<int> Sizes) : InputShape
{
    /// <summary>Count of the numbers in one sample.</summary>
    public int Size => Sizes.Aggregate(1, (product, size) => checked(product * size));

    public override string ToString() => $"[n,{string.Join(',', Sizes)}]";
}

/// <param name="Vocabulary">Number of tokens.</param>
/// <param name="Length">Length of the longest sequence.</param>
/// <param name="LongestLine">Line of the data file with the longest sequence; null where the file has no lines.</param>
internal sealed record SequenceShape(int Vocabulary, int Length, int? LongestLine) : InputShape;
