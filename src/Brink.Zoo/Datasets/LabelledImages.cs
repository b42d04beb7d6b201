namespace Brink.Zoo.Datasets;

/// <summary>Images of one size with their classes, as bytes.</summary>
/// <param name="Pixels">[n,channels,height,width], the last index fastest.</param>
/// <param name="Labels">[n], each below <paramref name="Classes"/>.</param>
public sealed record LabelledImages(
    int Channels, int Height, int Width, int Classes, byte[] Pixels, byte[] Labels)
{
    public int Count => Labels.Length;

    private int ImageSize => Channels * Height * Width;

    /// <summary>n images, in file order; class k of the list becomes label k. Of all classes of the set,
    /// simply the first n; of some of them equal shares, the first of each class (Damian et al. 2023, as in
    /// their code).</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public LabelledImages Take(int n, IReadOnlyList<int> classes)
    {
        if (classes.Count == Classes && n > Count)
            throw new InvalidDataException($"{n} samples asked for; the set has {Count}");
        int[] chosen = classes.Count == Classes
            ? [.. Enumerable.Range(0, n)]
            : [.. Balance.Places(Labels, n, classes).Order()];
        var pixels = new byte[(long)n * ImageSize];
        for (var i = 0; i < n; i++)
            Array.Copy(Pixels, chosen[i] * ImageSize, pixels, i * ImageSize, ImageSize);
        var number = classes.Select((label, index) => (label, index))
            .ToDictionary(pair => (byte)pair.label, pair => (byte)pair.index);
        return this with
        {
            Classes = classes.Count,
            Pixels = pixels,
            Labels = [.. chosen.Select(i => number[Labels[i]])],
        };
    }

    /// <summary>Inputs [n,channels,height/pool,width/pool], average-pooled and standardised for each channel
    /// by this set's own mean and standard deviation, and targets [n,classes], one-hot.</summary>
    /// <exception cref="InvalidDataException">A channel is constant.</exception>
    public (Tensor Inputs, Tensor Targets) Standardised(int pool, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        var images = tensor(Pixels, dtype: ScalarType.Byte).to(ScalarType.Float64)
            .view(Count, Channels, Height, Width);
        if (pool > 1) images = nn.functional.avg_pool2d(images, pool);
        var mean = images.mean([0, 2, 3], keepdim: true);
        var deviation = (images - mean).square().mean([0, 2, 3], keepdim: true).sqrt();
        if (!(deviation > 0).all().ToBoolean())
            throw new InvalidDataException("a channel is constant: it cannot be standardised");
        var targets = nn.functional.one_hot(tensor(Labels, dtype: ScalarType.Int64), Classes).to(precision);
        return scope.MoveToOuter(((images - mean) / deviation).to(precision), targets);
    }
}
