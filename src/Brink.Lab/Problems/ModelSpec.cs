using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>A model without the sizes that the data determine.</summary>
/// <param name="Activation">Activation between the layers.</param>
/// <param name="Parameters">Safetensors file of the initial parameters; without it the study's seed draws them.</param>
public abstract record ModelSpec(Activation Activation, string? Parameters)
{
    /// <summary>Each kind by its name in an experiment, with its default values: the sizes of the paper (Damian et al.
    /// 2023).</summary>
    public static readonly IReadOnlyDictionary<string, ModelSpec> Kinds =
        new Dictionary<string, ModelSpec>(StringComparer.Ordinal)
        {
            ["mlp"] = new MlpSpec([200, 200], Activation.Swish),
            ["cnn"] = new CnnSpec(32, Activation.Swish),
            ["resnet18"] = new ResNet18Spec(16, Activation.Swish),
            ["transformer"] = new TransformerSpec(64, 64, 2, 2, 256, Activation.GeluTanh),
            ["file"] = new FileSpec(),
        };

    /// <summary>Name of the kind of model in an experiment: mlp, cnn, resnet18, transformer or file.</summary>
    public string Kind => Kinds.Single(pair => pair.Value.GetType() == GetType()).Key;

    /// <summary>Builds the model for samples of the given shape and number of outputs.</summary>
    /// <exception cref="ExperimentException">The model cannot read samples of this shape.</exception>
    internal abstract Model Build(InputShape inputs, int outputs);

    /// <exception cref="ExperimentException">A value is invalid.</exception>
    internal abstract void Check();

    private protected ImageShape Images(InputShape inputs) => inputs switch
    {
        ImageShape images => images,
        VectorShape vectors => throw new ExperimentException(
            $"model.kind: {Kind} reads images [n,channels,height,width], and the samples have shape {vectors};"
                + " use model.kind=mlp, which reads any shape"),
        SequenceShape { LongestLine: null } => throw new ExperimentException(
            $"model.kind: {Kind} reads floating-point numbers, and the samples are integers (tokens); store them"
                + " with x.astype('float64'), or use model.kind=transformer"),
        _ => throw new ExperimentException(
            $"model.kind: {Kind} reads images, and the data are sequences of tokens;"
                + " use model.kind=transformer"),
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
