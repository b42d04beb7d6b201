using Brink.Graphs;

namespace Brink.Lab;

/// <summary>Files of a model of another framework, and what is chosen of them.</summary>
/// <param name="Model">ONNX or torch.export file.</param>
/// <param name="Data">Samples: .npz with an array for each input and y; or a file of samples x and y.</param>
/// <param name="Targets">Targets, if the data have none; else null.</param>
/// <param name="Weights">Safetensors file of a state dictionary, whose tensors are the parameters; null: by the selection.</param>
/// <param name="Parameters">Safetensors file with values that replace those of the model, by name; else null.</param>
/// <param name="Selection">Parameters by rule or pattern.</param>
/// <param name="Output">Output of the model, if it has several; else null.</param>
/// <param name="Inputs">Names of inputs with the arrays that they take, where the names differ.</param>
public sealed record GraphProblemFiles(
    string Model,
    string Data,
    string? Targets,
    string? Weights,
    string? Parameters,
    ParameterSelection Selection,
    string? Output,
    IReadOnlyList<(string Input, string Array)> Inputs);
