using Brink.Graphs;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>A model of another framework, which begins at the parameters of its file.</summary>
/// <param name="Path">ONNX file, or .pt2 of torch.export.save, with one input and one output [n,c].</param>
/// <param name="Weights">Safetensors file of a state dictionary, whose tensors are the parameters; null: those of the default
/// rule.</param>
/// <param name="Tie">True if equal constants, as they are or transposed, are one parameter.</param>
/// <param name="Parameters">Safetensors file of the initial parameters; without it those of the model file.</param>
public sealed record FileSpec(
    [FilePath] string? Path = null, [FilePath] string? Weights = null, bool Tie = false, [FilePath] string? Parameters = null)
    : ModelSpec(Activation.Tanh, Parameters)
{
    internal override Model Build(InputShape inputs, int outputs)
    {
        if (string.IsNullOrEmpty(Path)) throw new ExperimentException("model.path: missing; name an ONNX or .pt2 file");
        try
        {
            var selection = ParameterSelection.Default with { Ties = Tie };
            var model = GraphModelFile.Model(GraphFile.Read(Path), Weights, selection, output: null);
            return new GraphNetwork(Path, model, outputs);
        }
        catch (GraphException e)
        {
            throw new ExperimentException($"model.path: {e.Message}", e);
        }
    }

    /// <summary>Accepts every value: the path is checked when the model is read, since keys are set one by one.</summary>
    internal override void Check()
    {
    }
}
