using System.Text.Json;

namespace Brink.Cli.Tests;

/// <summary><c>brink model</c>, <c>brink inspect</c> and <c>brink run</c> on an ONNX file (onnx/make.py) that holds the network
/// of torchscript/mlp.pt.</summary>
public class ModelFileTests
{
    [Fact]
    public void The_content_of_a_file_is_listed()
    {
        using var brink = new BrinkProgram();
        var content = brink.Run("model", Onnx, "--json").Json;
        Assert.Equal("ONNX, IR 8, opset 17, by make.py", content.GetProperty("origin").GetString());
        var input = Assert.Single(content.GetProperty("inputs").EnumerateArray());
        Assert.Equal(("x", "float32"), (input.GetProperty("name").GetString(), input.GetProperty("type").GetString()));
        Assert.Equal(["outputs"], Texts(content.GetProperty("outputs")));
        Assert.Equal(
            ["first.weight [5,6]", "first.bias [5]", "last.weight [3,5]", "last.bias [3]"],
            content.GetProperty("parameters").EnumerateArray().Select(parameter =>
                $"{parameter.GetProperty("name")} [{string.Join(',', parameter.GetProperty("shape").EnumerateArray())}]"));
        Assert.Equal(["Gemm", "Tanh"], Texts(content.GetProperty("operators")));
        Assert.Equal(["Gemm", "Tanh"], Texts(content.GetProperty("engine")));
        foreach (var empty in new[] { "constants", "autograd", "missing", "remarks" })
            Assert.Empty(content.GetProperty(empty).EnumerateArray());
        Assert.Contains("all operators", brink.Run("model", Onnx).Output, StringComparison.Ordinal);
        Assert.Contains("first.weight", brink.Run("model", Script("mlp.pt")).Output, StringComparison.Ordinal);
    }

    [Theory, InlineData("values", "mse"), InlineData("classes", "cross-entropy")]
    public void Both_engines_and_the_script_agree(string data, string loss)
    {
        using var brink = new BrinkProgram();
        string[] options = ["--data", Script(data + ".npz"), "--loss", loss, "--probes", "0", "--json"];
        var script = brink.Run(["inspect", Script("mlp.pt"), .. options]).Json;
        var engine = brink.Run(["inspect", Onnx, .. options]).Json;
        var autograd = brink.Run(["inspect", Onnx, .. options, "--engine", "autograd"]).Json;
        foreach (var other in new[] { engine, autograd })
        {
            Assert.Equal(script.GetProperty("loss").GetDouble(), other.GetProperty("loss").GetDouble(), 1e-12);
            Assert.Equal(Trace(script), Trace(other), 1e-9);
            Assert.All(
                Values(script, "top").Concat(Values(script, "bottom")).Zip(Values(other, "top").Concat(Values(other, "bottom"))),
                pair => Assert.Equal(pair.First, pair.Second, 1e-8));
            Assert.Equal(
                script.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("name").GetString()),
                other.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("name").GetString()));
        }
        var frozen = brink.Run(["inspect", Onnx, .. options, "--frozen", "first.*"]).Json;
        Assert.Equal(18, frozen.GetProperty("parameters").GetInt32());
        var chosen = brink.Run(["inspect", Onnx, .. options, "--parameters-matching", "*.bias"]).Json;
        Assert.Equal(8, chosen.GetProperty("parameters").GetInt32());
    }

    [Fact]
    public void Parameters_are_saved_and_chosen_by_a_state_dictionary()
    {
        using var brink = new BrinkProgram();
        string[] inspect = ["inspect", Onnx, "--data", Script("values.npz"), "--loss", "mse", "--probes", "0", "--json"];
        var own = brink.Run([.. inspect, "--save-parameters", "own.safetensors"]).Json;
        Assert.True(File.Exists(brink.Path("own.safetensors")));
        Assert.Equal(53, own.GetProperty("parameters").GetInt32());
        // The values of the file as --weights and as --parameters give the same loss; the names are those of the file.
        foreach (var option in new[] { "--parameters", "--weights" })
        {
            var again = brink.Run([.. inspect, option, "own.safetensors"]).Json;
            Assert.Equal(own.GetProperty("loss").GetDouble(), again.GetProperty("loss").GetDouble());
        }
        var partial = brink.Run([.. inspect, "--save-parameters", "part.safetensors", "--frozen", "first.*"]);
        Assert.Equal(0, partial.Code);
        var missing = brink.Run([.. inspect, "--parameters", "part.safetensors"]);
        Assert.Contains("part.safetensors: has no tensor 'first.weight'", missing.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(2, missing.Code);
    }

    [Fact]
    public void A_study_runs_on_a_file()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run(
            "run", "--set", "model.kind=file", "--set", "model.path=" + Onnx, "--set", "data.set=file",
            "--set", "data.path=" + Script("values.npz"), "--set", "loss=mse",
            "--set", "descent.max_steps=20", "--set", "tracking.steps=0", "--out", "runs/file", "--json");
        Assert.Equal(0, run.Code);
        Assert.Contains("mlp.onnx", File.ReadAllText(brink.Path("runs/file/experiment.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_input_gets_one_line()
    {
        using var brink = new BrinkProgram();
        string[] data = ["--data", Script("values.npz"), "--loss"];
        File.WriteAllText(brink.Path("text.onnx"), "no model");
        foreach (var (message, arguments) in new (string, string[])[]
        {
            ("text.onnx: not a model file that Brink reads", ["model", "text.onnx"]),
            ("nothing.onnx: no such file", ["model", "nothing.onnx"]),
            ("a loss inside the graph is a single number", ["inspect", Onnx, .. data, "inside"]),
            ("the next-token loss needs [samples,positions,vocabulary]", ["inspect", Onnx, .. data, "next-token"]),
            ("integers [", ["inspect", Onnx, .. data, "cross-entropy"]),
            ("has no output 'other', only outputs", ["inspect", Onnx, .. data, "mse", "--output", "other"]),
            ("write the name of the input and that of the array", ["inspect", Onnx, .. data, "mse", "--input", "x"]),
            ("has no array 'z', only x, y", ["inspect", Onnx, .. data, "mse", "--input", "x=z"]),
            ("the output depends on no parameter", ["inspect", Onnx, .. data, "mse", "--frozen", "*"]),
            ("nothing.safetensors", ["inspect", Onnx, .. data, "mse", "--parameters", "nothing.safetensors"]),
            ("--tie: is for ONNX and .pt2 files", ["inspect", Script("mlp.pt"), .. data, "mse", "--tie"]),
            ("--loss inside: is for ONNX and .pt2 files", ["inspect", Script("mlp.pt"), .. data, "inside"]),
            ("model.path: missing; name an ONNX or .pt2 file", ["run", "--set", "model.kind=file"]),
        })
        {
            var result = brink.Run(arguments);
            Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
            Assert.Equal((2, ""), (result.Code, result.Output));
        }
    }

    private static string Onnx => Path.Combine(AppContext.BaseDirectory, "onnx", "mlp.onnx");

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "torchscript", name);

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(text => text.GetString());

    private static double Trace(JsonElement report) => report.GetProperty("trace").GetProperty("value").GetDouble();

    private static IEnumerable<double> Values(JsonElement report, string end) =>
        report.GetProperty(end).EnumerateArray().Select(bound => bound.GetProperty("value").GetDouble());
}
