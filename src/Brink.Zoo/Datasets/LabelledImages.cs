namespace Brink.Zoo.Datasets;

/// <summary>Images of one size with their classes, as bytes.</summary>
/// <param name="Pixels">Pixels [n,channels,height,width], the last index fastest.</param>
/// <param name="Labels">Labels [n], each below <paramref name="Classes"/>.</param>
public sealed record LabelledImages(
    int Channels, int Height, int Width, int Classes, byte[] Pixels, byte[] Labels)
{
    /// <summary>Number of images n.</summary>
    public int Count => Labels.Length;

    private int ImageSize => Channels * Height * Width;

    /// <summary>Selects n images, in file order; class k of the list becomes label k. If the list has all classes of the set,
    /// they are the first n; otherwise equal shares, the first of each class (Damian et al. 2023, as in their code).</summary>
    /// <exception cref="InvalidDataException">The set has too few images.</exception>
    public LabelledImages Take(int n, IReadOnlyList<int> classes)
    {
        if (classes.Count == Classes && n > Count)
            throw new InvalidDataException($"{n} samples were requested; the set has {Count}");
        return At(
            classes.Count == Classes
                ? [.. Enumerable.Range(0, n)]
                : [.. Balance.Places(Labels, n, classes).Order()],
            classes);
    }

    /// <summary>Selects all images of these classes, in file order; class k of the list becomes label k.</summary>
    /// <exception cref="InvalidDataException">There is no such image.</exception>
    public LabelledImages Only(IReadOnlyList<int> classes)
    {
        int[] chosen = [.. Enumerable.Range(0, Count).Where(i => classes.Contains(Labels[i]))];
        return chosen.Length > 0
            ? At(chosen, classes)
            : throw new InvalidDataException($"there is no image of the classes {string.Join(", ", classes)}");
    }

    private LabelledImages At(int[] chosen, IReadOnlyList<int> classes)
    {
        var pixels = new byte[(long)chosen.Length * ImageSize];
        for (var i = 0; i < chosen.Length; i++)
            Array.Copy(Pixels, (long)chosen[i] * ImageSize, pixels, (long)i * ImageSize, ImageSize);
        var number = classes.Select((label, index) => (label, index))
            .ToDictionary(pair => (byte)pair.label, pair => (byte)pair.index);
        return this with
        {
            Classes = classes.Count,
            Pixels = pixels,
            Labels = [.. chosen.Select(i => number[Labels[i]])],
        };
    }

    /// <summary>Computes inputs [n,channels,height/pool,width/pool], average-pooled and standardised for each channel by this
    /// set's own mean and standard deviation, and targets [n,classes], one-hot.</summary>
    /// <exception cref="InvalidDataException">A channel is constant.</exception>
    public (Tensor Inputs, Tensor Targets) Standardised(int pool, ScalarType precision) =>
        StandardisedBy(this, pool, precision);

    /// <summary>Computes the same with the mean and standard deviation of another set of such images: for test images those
    /// of the training images, as the trained model expects.</summary>
    /// <exception cref="InvalidDataException">A channel of the other set is constant.</exception>
    public (Tensor Inputs, Tensor Targets) StandardisedBy(
        LabelledImages reference, int pool, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        var pooled = reference.Pooled(pool);
        var mean = pooled.mean([0, 2, 3], keepdim: true);
        var deviation = (pooled - mean).square().mean([0, 2, 3], keepdim: true).sqrt();
        if (!(deviation > 0).all().ToBoolean())
            throw new InvalidDataException("a channel is constant and cannot be standardised; remove it or add images");
        var images = ReferenceEquals(reference, this) ? pooled : Pooled(pool);
        var targets = nn.functional.one_hot(tensor(Labels, dtype: ScalarType.Int64), Classes).to(precision);
        return scope.MoveToOuter(((images - mean) / deviation).to(precision), targets);
    }

    private Tensor Pooled(int pool)
    {
        using var scope = NewDisposeScope();
        var images = tensor(Pixels, dtype: ScalarType.Byte).to(ScalarType.Float64)
            .view(Count, Channels, Height, Width);
        return scope.MoveToOuter(pool > 1 ? nn.functional.avg_pool2d(images, pool) : images);
    }
}
