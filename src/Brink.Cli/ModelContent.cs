using System.Globalization;
using Brink.Graphs;
using Brink.Lab;
using Brink.Zoo.Formats;
using TorchSharp;

namespace Brink.Cli;

/// <summary>What a model file holds.</summary>
/// <param name="Origin">Format, version and the program that wrote the file.</param>
/// <param name="Inputs">Inputs; a free size of a shape is "?".</param>
/// <param name="Outputs">Names of the outputs.</param>
/// <param name="Parameters">Parameters.</param>
/// <param name="Constants">Other floating-point constants.</param>
/// <param name="Operators">Operators in use.</param>
/// <param name="Engine">Operators that run on Brink's engine.</param>
/// <param name="Autograd">Operators that run on libtorch's automatic differentiation.</param>
/// <param name="Missing">Operators that Brink lacks, with the first node of each.</param>
/// <param name="Remarks">Facts that change the Hessian silently, a sentence each.</param>
internal sealed record ModelContent(
    string Origin,
    IReadOnlyList<ModelContent.Input> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<ModelContent.Named> Parameters,
    IReadOnlyList<ModelContent.Named> Constants,
    IReadOnlyList<string> Operators,
    IReadOnlyList<string> Engine,
    IReadOnlyList<string> Autograd,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Remarks)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">The file is invalid.</exception>
    public static ModelContent Of(string path, string? weights, ParameterSelection selection, string? output)
    {
        if (IsScript(path)) return OfScript(path);
        try
        {
            var graph = GraphFile.Read(path);
            var operators = GraphContent.Operators(graph);
            var missing = GraphContent.Missing(graph);
            var onAutograd = GraphContent.OnAutograd(graph);
            // Without all operators, or with several outputs, the content is shown nevertheless.
            var model = missing.Count > 0
                ? null
                : GraphModelFile.Model(graph, weights, selection, output ?? (graph.Outputs.Count > 1 ? graph.Outputs[0] : null));
            var held = model?.Parameters
                .SelectMany(parameter => parameter.Uses)
                .Select(use => use.Constant)
                .ToHashSet(StringComparer.Ordinal) ?? [];
            return new(
                graph.Origin,
                [.. graph.Inputs.Select(input => new Input(input.Name, $"{input.Type}".ToLowerInvariant(), Sizes(input.Shape)))],
                graph.Outputs,
                [.. model?.Parameters.Select(parameter => new Named(parameter.Name, parameter.Shape)) ?? []],
                [.. graph.Constants.Values.Where(constant => constant.Data.Type.IsFloatingPoint() && !held.Contains(constant.Name))
                    .Select(constant => new Named(constant.Title, constant.Data.Shape))],
                operators,
                [.. operators.Where(name => GraphContent.IsKnown(graph.Vocabulary, name)).Except(onAutograd)],
                onAutograd,
                missing,
                model is null ? graph.Remarks : GraphRemarks.Of(model));
        }
        catch (GraphException e)
        {
            throw new InputException(e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}");
        }
    }

    /// <summary>A zip archive that no reader of graphs recognises, as torch.jit.save writes them.</summary>
    private static bool IsScript(string path) => File.Exists(path) && !GraphFile.IsGraph(path) && NumpyFile.IsArchive(path);

    /// <summary>The content of a TorchScript file, which libtorch runs as a whole.</summary>
    private static ModelContent OfScript(string path)
    {
        using var script = new ScriptModel(path, torch.ScalarType.Float64);
        return new(
            "TorchScript", [], [], [.. script.Shapes.Select(parameter => new Named(parameter.Name, parameter.Shape))], [], [], [],
            ["TorchScript"], [],
            ["The whole script runs on libtorch's automatic differentiation; export to ONNX or .pt2 for Brink's engine."]);
    }

    private static IReadOnlyList<string>? Sizes(IReadOnlyList<long?>? shape) =>
        shape?.Select(size => size?.ToString(CultureInfo.InvariantCulture) ?? "?").ToArray();

    /// <summary>An input.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Type">Type of the elements.</param>
    /// <param name="Shape">Sizes, "?" where the data determine them; null if the file does not state how many there are.</param>
    internal sealed record Input(string Name, string Type, IReadOnlyList<string>? Shape);

    /// <summary>A constant.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Shape">Sizes.</param>
    internal sealed record Named(string Name, IReadOnlyList<long> Shape);
}
