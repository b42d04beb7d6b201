using System.Text.Json;
using Brink.Zoo.Formats;

namespace Brink.Graphs.Tests.Models;

/// <summary>Which constants of exported files are parameters, against what their exporter was given.</summary>
public sealed class ParameterTests
{
    public static TheoryData<string> Described() =>
        [.. SharedModels.Files(".onnx").Where(file => file.Length == 0 || Tensors(file) is not null)];

    [Theory, MemberData(nameof(Described))]
    public void By_default_the_parameters_are_the_trainable_tensors(string file)
    {
        var tensors = Tensors(SharedModels.Required(file))!.Value;
        var model = GraphModel.Of(GraphFile.Read(SharedModels.Required(file)), ParameterSelection.Default);
        var chosen = Titles(model);
        Assert.Superset(Names(tensors, "parameters_by_constant"), chosen);
        var others = chosen.Except(Names(tensors, "parameters_by_constant")).Except(Names(tensors, "second_copies")).ToArray();
        // Only tensors that the exporter changed may have other names.
        if (!tensors.TryGetProperty("not_found_as_such", out _)) Assert.Empty(others);
        Assert.InRange(others.Length, 0, Names(tensors, "not_found_as_such").Count);
    }

    [Theory, MemberData(nameof(Described))]
    public void With_weights_the_parameters_are_the_tensors_that_are_found(string file)
    {
        using var scope = NewDisposeScope();
        var path = SharedModels.Required(file);
        var tensors = Tensors(path)!.Value;
        var weights = Safetensors.Read(Path.Combine(Path.GetDirectoryName(path)!, "weights.safetensors")).Tensors;
        var model = GraphModel.Of(
            GraphFile.Read(path),
            [.. weights.Where(pair => pair.Value.dtype == ScalarType.Float32).Select(pair =>
                (pair.Key, new TensorData(ElementType.Float32, pair.Value.shape, pair.Value.contiguous().bytes.ToArray())))]);
        var expected = tensors.GetProperty("parameters_by_constant").EnumerateObject()
            .Select(pair => First(pair.Value.GetString()!.Split(", ")[0])).ToHashSet(StringComparer.Ordinal);
        Assert.Subset(model.Parameters.Select(parameter => First(parameter.Name)).ToHashSet(StringComparer.Ordinal), expected);
        Assert.All(model.Parameters, parameter => Assert.Equal(weights[parameter.Name].shape, parameter.Shape));
        Assert.Superset(Names(tensors, "not_found_as_such"), model.MissingTensors.ToHashSet(StringComparer.Ordinal));

        // Tied weights have several names.
        string First(string tensor) => weights.First(
            pair => pair.Value.shape.SequenceEqual(weights[tensor].shape) && pair.Value.allclose(weights[tensor], 0, 0)).Key;
    }

    private static HashSet<string> Titles(GraphModel model) =>
        [.. model.Parameters.SelectMany(parameter => parameter.Uses).Select(use => model.Graph.Constants[use.Constant].Title)];

    /// <summary>What the description of a file says of its tensors; null where it says nothing.</summary>
    private static JsonElement? Tensors(string file)
    {
        var path = Path.Combine(SharedModels.Root, file);
        var description = Path.Combine(Path.GetDirectoryName(path)!, "expected.json");
        if (!File.Exists(description)) return null;
        var root = JsonDocument.Parse(File.ReadAllText(description)).RootElement;
        return root.TryGetProperty("files", out var files)
            && files.TryGetProperty(Path.GetFileName(path), out var found)
            && found.TryGetProperty("parameters_by_constant", out _) ? found : null;
    }

    private static HashSet<string> Names(JsonElement tensors, string property) => !tensors.TryGetProperty(property, out var names) ? []
        : names.ValueKind == JsonValueKind.Object ? [.. names.EnumerateObject().Select(pair => pair.Name)]
        : [.. names.EnumerateArray().Select(name => name.GetString()!)];
}
