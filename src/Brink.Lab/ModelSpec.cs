using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>A model but for the sizes that the data give.</summary>
/// <param name="Activation">Between its layers.</param>
public abstract record ModelSpec(Activation Activation)
{
    /// <summary>Each kind by its name in an experiment, with the values that a file need not give: the sizes of the paper (Damian
    /// et al. 2023).</summary>
    public static readonly IReadOnlyDictionary<string, ModelSpec> Kinds = new Dictionary<string, ModelSpec>(StringComparer.Ordinal)
    {
        ["mlp"] = new MlpSpec([200, 200], Activation.Swish),
        ["cnn"] = new CnnSpec(32, Activation.Swish),
        ["resnet18"] = new ResNet18Spec(16, Activation.Swish),
    };

    public string Kind => Kinds.Single(pair => pair.Value.GetType() == GetType()).Key;

    /// <summary>The model for images of so many channels and such a side, with so many outputs.</summary>
    public abstract Model Build(int channels, int side, int outputs);

    /// <exception cref="ExperimentException">A value makes no sense.</exception>
    public abstract void Check();

    private protected static void MultipleOf16(string path, int value)
    {
        if (value < 16 || value % 16 != 0)
            throw new ExperimentException($"{path}: {value}; it must be a multiple of 16");
    }
}

/// <param name="Hidden">Widths of the hidden layers.</param>
/// <param name="Activation">After each of them.</param>
public sealed record MlpSpec(IReadOnlyList<int> Hidden, Activation Activation) : ModelSpec(Activation)
{
    public override Model Build(int channels, int side, int outputs) =>
        new Mlp([channels * side * side, .. Hidden, outputs], Activation);

    public override void Check()
    {
        foreach (var width in Hidden)
            if (width < 1) throw new ExperimentException($"model.hidden: width: {width}; it must be at least 1");
    }
}

/// <param name="Filters">Of each convolution.</param>
/// <param name="Activation">After each of them.</param>
public sealed record CnnSpec(int Filters, Activation Activation) : ModelSpec(Activation)
{
    public override Model Build(int channels, int side, int outputs) => side % 4 == 0
        ? new Cnn(channels, side, outputs, Activation, Filters)
        : throw new ExperimentException($"data.pool: it leaves images of {side} by {side}; the cnn halves them twice");

    public override void Check() => MultipleOf16("model.filters", Filters);
}

/// <param name="Width">Channels of the first stage.</param>
/// <param name="Activation">After each norm and each block.</param>
public sealed record ResNet18Spec(int Width, Activation Activation) : ModelSpec(Activation)
{
    public override Model Build(int channels, int side, int outputs) =>
        new ResNet18(channels, outputs, Activation, Width);

    public override void Check() => MultipleOf16("model.width", Width);
}
