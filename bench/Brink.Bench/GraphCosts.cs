using Brink.Graphs;
using Brink.Lab;
using Brink.Objectives;
using Brink.Zoo.Formats;

namespace Brink.Bench;

/// <summary>A Hessian product of an ONNX file on the engine, and of the same network as TorchScript by autograd with a retained
/// graph, in turn.</summary>
internal static class GraphCosts
{
    private const string Default = "../shared";

    /// <param name="path">Folder with models/larger and reference/peers; null for ../shared.</param>
    public static IEnumerable<GraphCostsRow> Rows(string? path)
    {
        var root = path ?? Default;
        var larger = Path.Combine(root, "models", "larger");
        var peers = Path.Combine(root, "reference", "peers");
        if (!Directory.Exists(larger) && !Directory.Exists(peers))
        {
            throw new DirectoryNotFoundException(
                $"{root}: has neither models/larger nor reference/peers; name their folder with --data-path");
        }
        Network[] networks =
        [
            .. Folders(larger).Select(folder => new Network(Path.GetFileName(folder), folder, "model", "probe")),
            .. Directory.Exists(peers) ? new[] { "peers-mlp", "peers-cnn" }.Select(name => new Network(name, peers, name, name)) : [],
        ];
        foreach (var network in networks)
            foreach (var precision in new[] { ScalarType.Float64, ScalarType.Float32 })
                yield return Row(network, precision);
    }

    private static GraphCostsRow Row(Network network, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        var files = new GraphProblemFiles(network.Graph, network.Data, null, null, null, ParameterSelection.Default, null, []);
        using var graph = new GraphProblem(files, GraphLoss.CrossEntropy, precision, DerivativeEngine.Taylor, 500);
        using var ours = graph.Loss.ExpandAt(graph.Theta);
        var arrays = NumpyFile.ReadAll(network.Data);
        Tensor[] inputs = [.. arrays.Where(pair => pair.Key != "y").Select(pair =>
            pair.Value.is_floating_point() ? pair.Value.to(precision) : pair.Value)];
        var (loss, parameters) = Script(network.Script, precision, inputs, arrays["y"]);
        var theta = parameters.Theta();
        using var theirs = loss.ExpandAt(theta);
        using var generator = new Generator(1, CPU);
        var (u, v) = (Direction(graph.Theta), Direction(theta));
        var times = Alternating.Medians(
            7, 41, TimeSpan.FromSeconds(12), () => ours.HessianTimes(u).Dispose(), () => theirs.HessianTimes(v).Dispose());
        return new(
            network.Name, precision == ScalarType.Float64 ? "float64" : "float32", graph.Theta.shape[0], graph.Samples, times[0], times[1],
            times[1] / times[0], Math.Abs(ours.Loss - theirs.Loss) / Math.Abs(theirs.Loss));

        Tensor Direction(Tensor like)
        {
            var direction = randn(like.shape[0], dtype: precision, generator: generator);
            return direction / direction.norm();
        }
    }

    /// <summary>The mean cross-entropy of a script of one or two inputs.</summary>
    private static (DifferentiableSum Loss, ModuleParameters Parameters) Script(
        string path, ScalarType precision, Tensor[] inputs, Tensor classes)
    {
        // libtorch's fused kernel for attention on the CPU has no second derivative.
        backends.cuda.enable_flash_sdp(false);
        if (inputs is [var single])
        {
            var module = jit.load<Tensor, Tensor>(path);
            return Of(module, () => module.call(single));
        }
        var pair = jit.load<Tensor, Tensor, Tensor>(path);
        return Of(pair, () => pair.call(inputs[0], inputs[1]));

        (DifferentiableSum, ModuleParameters) Of(jit.ScriptModule module, Func<Tensor> outputs)
        {
            module.eval();
            ScriptPrecision.Set(module, precision);
            var parameters = new ModuleParameters(module);
            return (parameters.Sum(1, _ => nn.functional.cross_entropy(outputs(), classes)), parameters);
        }
    }

    private static IEnumerable<string> Folders(string path) =>
        Directory.Exists(path) ? Directory.GetDirectories(path).Order(StringComparer.Ordinal) : [];

    /// <summary>A network as two files of one name, and its samples.</summary>
    private sealed record Network(string Name, string Folder, string Model, string Samples)
    {
        public string Graph => Path.Combine(Folder, Model + ".onnx");

        public string Script => Path.Combine(Folder, Model + ".pt");

        public string Data => Path.Combine(Folder, Samples + ".npz");
    }
}

/// <summary>A row of the benchmark.</summary>
/// <param name="Network">Name of the network.</param>
/// <param name="Precision">float32 or float64.</param>
/// <param name="Parameters">Number of parameters p.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="Engine">Median time of a product on the engine, in milliseconds.</param>
/// <param name="Autograd">Median time of a product by autograd, in milliseconds.</param>
/// <param name="Ratio">Autograd over engine.</param>
/// <param name="LossDifference">Relative difference of the two losses.</param>
internal sealed record GraphCostsRow(
    string Network,
    string Precision,
    long Parameters,
    long Samples,
    double Engine,
    double Autograd,
    double Ratio,
    double LossDifference);
