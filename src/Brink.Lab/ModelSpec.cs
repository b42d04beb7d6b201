using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>A model but for the sizes that the data give.</summary>
/// <param name="Activation">Between its layers.</param>
/// <param name="Parameters">A safetensors file with its initial parameters; without it they are drawn by the
/// study's seed.</param>
public abstract record ModelSpec(Activation Activation, string? Parameters)
{
    /// <summary>Each kind by its name in an experiment, with the values that a file need not give: the sizes
    /// of the paper (Damian et al. 2023).</summary>
    public static readonly IReadOnlyDictionary<string, ModelSpec> Kinds =
        new Dictionary<string, ModelSpec>(StringComparer.Ordinal)
        {
            ["mlp"] = new MlpSpec([200, 200], Activation.Swish),
            ["cnn"] = new CnnSpec(32, Activation.Swish),
            ["resnet18"] = new ResNet18Spec(16, Activation.Swish),
            ["transformer"] = new TransformerSpec(64, 64, 2, 2, 256, Activation.GeluTanh),
        };

    public string Kind => Kinds.Single(pair => pair.Value.GetType() == GetType()).Key;

    /// <summary>The model for samples of such a shape, with so many outputs.</summary>
    /// <exception cref="ExperimentException">It cannot read them.</exception>
    public abstract Model Build(InputShape inputs, int outputs);

    /// <exception cref="ExperimentException">A value makes no sense.</exception>
    public abstract void Check();

    private protected ImageShape Images(InputShape inputs) => inputs switch
    {
        ImageShape images => images,
        VectorShape vectors => throw new ExperimentException(
            $"model.kind: {Kind} reads images [n,channels,height,width], and the samples have the shape {vectors};"
                + " model.kind=mlp reads any shape"),
        SequenceShape { LongestLine: null } => throw new ExperimentException(
            $"model.kind: {Kind} reads floating numbers, and the samples are whole ones, tokens: write them as"
                + " x.astype('float64'), or take model.kind=transformer"),
        _ => throw new ExperimentException(
            $"model.kind: {Kind} reads images, and the data are sequences of tokens;"
                + " model.kind=transformer reads those"),
    };

    private protected static void AtLeast1(string path, int value)
    {
        if (value < 1) throw new ExperimentException($"{path}: {value}; it must be at least 1");
    }

    private protected static void MultipleOf16(string path, int value)
    {
        if (value < 16 || value % 16 != 0)
            throw new ExperimentException($"{path}: {value}; it must be a multiple of 16");
    }
}

/// <param name="Hidden">Widths of the hidden layers.</param>
/// <param name="Activation">After each of them.</param>
/// <param name="Parameters">File of the initial ones.</param>
public sealed record MlpSpec(IReadOnlyList<int> Hidden, Activation Activation, [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    public override Model Build(InputShape inputs, int outputs) =>
        new Mlp([inputs is VectorShape vectors ? vectors.Size : Size(Images(inputs)), .. Hidden, outputs], Activation);

    private static int Size(ImageShape images) => images.Channels * images.Height * images.Width;

    public override void Check()
    {
        foreach (var width in Hidden) AtLeast1("model.hidden: width", width);
    }
}

/// <param name="Filters">Of each convolution.</param>
/// <param name="Activation">After each of them.</param>
/// <param name="Parameters">File of the initial ones.</param>
public sealed record CnnSpec(int Filters, Activation Activation, [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    public override Model Build(InputShape inputs, int outputs)
    {
        var images = Images(inputs);
        return images.Height == images.Width && images.Height % 4 == 0
            ? new Cnn(images.Channels, images.Height, outputs, Activation, Filters)
            : throw new ExperimentException(
                $"data.pool: it leaves images of {images.Height} by {images.Width};"
                    + " the cnn takes squares and halves them twice");
    }

    public override void Check() => MultipleOf16("model.filters", Filters);
}

/// <param name="Width">Channels of the first stage.</param>
/// <param name="Activation">After each norm and each block.</param>
/// <param name="Parameters">File of the initial ones.</param>
public sealed record ResNet18Spec(int Width, Activation Activation, [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    public override Model Build(InputShape inputs, int outputs) =>
        new ResNet18(Images(inputs).Channels, outputs, Activation, Width);

    public override void Check() => MultipleOf16("model.width", Width);
}

/// <param name="Positions">Longest sequence, [CLS] and [SEP] included.</param>
/// <param name="Width">Of the embedding: a multiple of the heads.</param>
/// <param name="Heads">Of attention.</param>
/// <param name="Layers">Of attention and feed-forward network.</param>
/// <param name="FeedForward">Width of the feed-forward network.</param>
/// <param name="Activation">Inside the feed-forward network.</param>
/// <param name="Parameters">File of the initial ones.</param>
public sealed record TransformerSpec(
    int Positions,
    int Width,
    int Heads,
    int Layers,
    int FeedForward,
    Activation Activation,
    [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    public override Model Build(InputShape inputs, int outputs) => inputs switch
    {
        SequenceShape sequences when sequences.Length > Positions => throw new ExperimentException(
            $"model.positions: {Positions}; "
                + (sequences.LongestLine is { } line
                    ? $"the sentence in line {line} has {sequences.Length} tokens, [CLS] and [SEP] included:"
                    : $"the sequences have {sequences.Length} tokens:")
                + $" --set model.positions={sequences.Length} gives them room"),
        SequenceShape sequences => new Transformer(
            sequences.Vocabulary, outputs, Activation, Positions, Width, Heads, Layers, FeedForward),
        _ => throw new ExperimentException(
            $"model.kind: a transformer reads sequences of tokens, and the data are {(inputs is ImageShape ? "images" : "numbers")};"
                + " data.set=sst2 has sequences"),
    };

    public override void Check()
    {
        AtLeast1("model.positions", Positions);
        AtLeast1("model.width", Width);
        AtLeast1("model.heads", Heads);
        AtLeast1("model.layers", Layers);
        AtLeast1("model.feed_forward", FeedForward);
        if (Width % Heads != 0)
        {
            throw new ExperimentException(
                $"model.width: {Width}; it must be a multiple of model.heads, {Heads}");
        }
    }
}
