using System.Text.Json;
using Brink.Zoo.Formats;

namespace Brink.Graphs.Tests.Models;

/// <summary>A network of the shared folder with its data and its reference numbers.</summary>
internal sealed class ExpectedNetwork
{
    private readonly JsonElement _expected;

    public ExpectedNetwork(string file)
    {
        Path = SharedModels.Required(file);
        File = System.IO.Path.GetFileName(file);
        Folder = System.IO.Path.GetDirectoryName(Path)!;
        _expected = JsonDocument.Parse(System.IO.File.ReadAllText(InFolder("expected.json"))).RootElement;
        Arrays = NumpyFile.ReadAll(InFolder("probe.npz"));
    }

    public string Path { get; }

    public string File { get; }

    public string Folder { get; }

    public IReadOnlyDictionary<string, Tensor> Arrays { get; }

    public GraphLoss Loss => _expected.GetProperty("loss").GetString() switch
    {
        "cross-entropy" => GraphLoss.CrossEntropy,
        "mse" => GraphLoss.SquaredError,
        "next-token" => GraphLoss.NextToken,
        _ => GraphLoss.Inside,
    };

    public Tensor? Targets => Loss == GraphLoss.Inside ? null : Arrays["y"];

    /// <summary>The reference's mean squared error is over all elements, ours over samples only.</summary>
    public double Scale => Loss == GraphLoss.SquaredError ? Arrays["y"].numel() / Arrays["y"].shape[0] : 1;

    /// <summary>Dense reference numbers with batch norms that use the statistics of the samples.</summary>
    public JsonElement ByBatchStatistics => _expected.GetProperty("float64, batch norm by batch statistics");

    /// <summary>Dense reference numbers: of merged tensors, or by batch statistics, where the file has them.</summary>
    public JsonElement Numbers => _expected.GetProperty(
        _expected.TryGetProperty("float64, equal tensors merged", out _) && !File.EndsWith(".pt2", StringComparison.Ordinal)
            ? "float64, equal tensors merged"
            : File.StartsWith("training", StringComparison.Ordinal) ? "float64, batch norm by batch statistics" : "float64");

    public JsonElement About => _expected.GetProperty("files").GetProperty(File);

    /// <summary>Whether every reference number is a float32 number, widened: the program that made them computed in float32.
    /// They say nothing beyond its rounding, about 1e-6 of the largest eigenvalue.</summary>
    public bool ReferenceIsSingle => Numbers.EnumerateObject()
        .SelectMany(entry => entry.Value.ValueKind == JsonValueKind.Array ? [.. entry.Value.EnumerateArray()] : new[] { entry.Value })
        .Where(value => value.ValueKind == JsonValueKind.Number)
        .All(value => value.GetDouble() == (float)value.GetDouble());

    public bool HasReference => !File.StartsWith("fused", StringComparison.Ordinal);

    public Tensor? Output() => System.IO.File.Exists(InFolder("output.npy"))
        ? NumpyFile.Read(InFolder("output.npy")).to(ScalarType.Float64)
        : null;

    /// <summary>The model by the default rule; weights that the exporter has split in two are tied again.</summary>
    public GraphModel Model() => GraphModel.Of(GraphFile.Read(Path), ParameterSelection.Default with { Ties = HasSecondCopies });

    private bool HasSecondCopies => _expected.TryGetProperty("files", out var files) && files.TryGetProperty(File, out var about)
        && about.TryGetProperty("second_copies", out var copies) && copies.GetArrayLength() > 0;

    public GraphObjective Objective(GraphModel model) => new(model, Arrays, Targets, Loss);

    public string InFolder(string name) => System.IO.Path.Combine(Folder, name);
}
