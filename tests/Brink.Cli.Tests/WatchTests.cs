using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Brink.Cli.Tests;

/// <summary><c>brink watch</c> on checkpoints of the network of torchscript/mlp.pt.</summary>
public class WatchTests
{
    [Fact]
    public void Checkpoints_are_measured_as_an_inspection_measures_them()
    {
        using var brink = new BrinkProgram();
        Save(brink, "own.safetensors");
        Directory.CreateDirectory(brink.Path("ckpt"));
        File.Copy(brink.Path("own.safetensors"), brink.Path("ckpt/step_10.safetensors"));
        File.WriteAllBytes(brink.Path("ckpt/step_9.safetensors"), Halved(brink.Path("own.safetensors"), ""));
        // Names of a wrapped module.
        File.WriteAllBytes(brink.Path("ckpt/step_200.safetensors"), Halved(brink.Path("own.safetensors"), "module."));
        string[] options = ["--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt/*.safetensors", "--json"];
        var watched = brink.Run(["watch", Script("mlp.pt"), .. options, "--learning-rate", "0.1", "--momentum", "0.9"]);
        Assert.Equal((0, ""), (watched.Code, watched.Error));
        var rows = watched.Json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal([9, 10, 200], rows.Select(row => row.GetProperty("step").GetInt32()));
        var inspected = brink.Run(
            "inspect", Script("mlp.pt"), "--data", Script("values.npz"), "--loss", "mse", "--probes", "0", "--json").Json;
        Assert.Equal(inspected.GetProperty("loss").GetDouble(), rows[1].GetProperty("loss").GetDouble(), 1e-12);
        var top = inspected.GetProperty("top").EnumerateArray().Select(row => row.GetProperty("value").GetDouble()).ToArray();
        Assert.All(top.Zip(Values(rows[1], "top")), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * top[0]));
        var bottom = inspected.GetProperty("bottom").EnumerateArray().Select(row => row.GetProperty("value").GetDouble()).ToArray();
        Assert.All(bottom.Zip(Values(rows[1], "bottom")), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * top[0]));
        Assert.Equal(rows[0].GetProperty("loss").GetDouble(), rows[2].GetProperty("loss").GetDouble(), 1e-12);
        Assert.Equal(38, rows[0].GetProperty("edge").GetDouble(), 1e-9);
        Assert.Equal(2 * Values(rows[1], "top")[0] / 38, rows[1].GetProperty("effective_sharpness").GetDouble(), 1e-12);
        Assert.True(File.Exists(watched.Json.GetProperty("page").GetString()));
        // The same checkpoints for the same network as ONNX, on the engine; without a learning rate there is no edge.
        var onnx = brink.Run(["watch", Onnx, .. options]);
        Assert.Equal((0, ""), (onnx.Code, onnx.Error));
        foreach (var (ours, theirs) in onnx.Json.GetProperty("rows").EnumerateArray().Zip(rows))
        {
            Assert.All(Values(theirs, "top").Zip(Values(ours, "top")), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * top[0]));
            Assert.Equal(JsonValueKind.Null, ours.GetProperty("edge").ValueKind);
        }
        var page = File.ReadAllText(onnx.Json.GetProperty("page").GetString()!);
        Assert.Contains("learning rate is not known", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_batches_of_a_training_are_measured_alike_on_both_engines()
    {
        using var brink = new BrinkProgram();
        Save(brink, "ckpt/step_10.safetensors");
        string[] options =
        [
            "--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt", "--learning-rate", "0.01", "--momentum", "0.9",
            "--batch-size", "3", "--trace-products", "4", "--json",
        ];
        var script = brink.Run(["watch", Script("mlp.pt"), .. options]);
        var onnx = brink.Run(["watch", Onnx, .. options]);
        Assert.Equal((0, 0), (script.Code, onnx.Code));
        var (one, other) = (script.Json.GetProperty("rows")[0], onnx.Json.GetProperty("rows")[0]);
        foreach (var name in new[] { "batch_sharpness", "noise_share", "directional_sharpness", "critical_learning_rate", "trace", "edge" })
        {
            var expected = one.GetProperty(name).GetDouble();
            Assert.Equal(expected, other.GetProperty(name).GetDouble(), 1e-6 * Math.Abs(expected));
        }
        Assert.Equal(Values(one, "batch_sharpness_interval"), Values(other, "batch_sharpness_interval"), (x, y) => Math.Abs(x - y) < 1e-6);
        // On the quadratic along the gradient the loss stops falling at 2 over the directional sharpness.
        Assert.InRange(
            one.GetProperty("critical_learning_rate").GetDouble() * one.GetProperty("directional_sharpness").GetDouble(), 1, 4);
        var ofBatches = one.GetProperty("reason").GetString()!.Contains("the batch sharpness", StringComparison.Ordinal);
        Assert.Equal(ofBatches ? 20 : 380, one.GetProperty("edge").GetDouble(), 1e-9);
        var curvature = ofBatches ? one.GetProperty("batch_sharpness").GetDouble() : Values(one, "top")[0];
        Assert.Equal(
            2 * curvature / one.GetProperty("edge").GetDouble(), one.GetProperty("effective_sharpness").GetDouble(), 1e-9);
        var exported = brink.Run("runs", "export", script.Json.GetProperty("run").GetString()!);
        Assert.Contains("monitor,noise_share_1,10,", exported.Output, StringComparison.Ordinal);
        var clipped = brink.Run(["watch", Onnx, .. options, "--clip-norm", "1e-3"]).Json.GetProperty("rows")[0];
        Assert.Equal(
            other.GetProperty("effective_sharpness").GetDouble() * 1e-3 / other.GetProperty("gradient_norm").GetDouble(),
            clipped.GetProperty("effective_sharpness").GetDouble(),
            1e-6 * clipped.GetProperty("effective_sharpness").GetDouble());
        var large = brink.Run(["watch", Onnx, .. options.Select(option => option == "3" ? "100000" : option)]);
        Assert.Equal(2, large.Code);
        Assert.Contains("--batch-size 100000: it must be at least 1 and at most", large.ErrorLine, StringComparison.Ordinal);
        var many = brink.Run(["watch", Onnx, .. options, "--top", "54"]);
        Assert.Equal(2, many.Code);
        Assert.Contains("--top 54: it must be at most 53, the number of parameters", many.ErrorLine, StringComparison.Ordinal);
        var all = brink.Run(["watch", Onnx, .. options, "--top", "53"]);
        Assert.Equal(53, Values(all.Json.GetProperty("rows")[0], "top").Length);
    }

    [Fact]
    public void The_model_can_be_an_experiment()
    {
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run("run", "smoke", "--out", "run", "--json").Code);
        var watched = brink.Run("watch", "smoke", "--checkpoints", "run/parameters.safetensors", "--learning-rate", "0.06", "--json");
        Assert.Equal((0, ""), (watched.Code, watched.Error));
        var row = watched.Json.GetProperty("rows")[0];
        Assert.Equal(2 / 0.06, row.GetProperty("edge").GetDouble(), 1e-9);
        // The run ends at the edge of stability.
        Assert.InRange(row.GetProperty("effective_sharpness").GetDouble(), 1.6, 2.6);
        var wrong = brink.Run("watch", "smoke", "--data", Script("values.npz"), "--checkpoints", "run/parameters.safetensors");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("--data: smoke is an experiment, which has its own", wrong.ErrorLine, StringComparison.Ordinal);
        var none = brink.Run("watch", Onnx, "--checkpoints", "run/parameters.safetensors");
        Assert.Equal(2, none.Code);
        Assert.Contains("--data is missing", none.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_watch_adds_to_the_run()
    {
        using var brink = new BrinkProgram();
        Save(brink, "ckpt/step_10.safetensors");
        string[] watch = ["watch", Onnx, "--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt", "--json"];
        Assert.Equal(0, brink.Run([.. watch, "--out", "w"]).Code);
        File.Copy(brink.Path("ckpt/step_10.safetensors"), brink.Path("ckpt/step_20.safetensors"));
        var later = brink.Run([.. watch, "--append", "w"]);
        Assert.Equal((0, ""), (later.Code, later.Error));
        Assert.Equal(20, Assert.Single(later.Json.GetProperty("rows").EnumerateArray()).GetProperty("step").GetInt32());
        var shown = brink.Run("runs", "show", "w").Output;
        Assert.Contains("2 checkpoints until step 20", shown, StringComparison.Ordinal);
        // Another pattern for the files of the same training.
        File.Copy(brink.Path("ckpt/step_10.safetensors"), brink.Path("ckpt/step_30.safetensors"));
        var moved = brink.Run([.. watch.Select(word => word == "ckpt" ? "ckpt/*_30.*" : word), "--append", "w"]);
        Assert.Equal((0, ""), (moved.Code, moved.Error));
        Assert.Equal(30, Assert.Single(moved.Json.GetProperty("rows").EnumerateArray()).GetProperty("step").GetInt32());
        var nothing = brink.Run([.. watch, "--append", "w"]);
        Assert.Contains("no checkpoint could be measured", nothing.ErrorLine, StringComparison.Ordinal);
        var other = brink.Run(
            "watch", Onnx, "--data", Script("classes.npz"), "--loss", "cross-entropy", "--checkpoints", "ckpt", "--append", "w");
        Assert.Equal(2, other.Code);
        Assert.Contains("is of another training: its data is ", other.ErrorLine, StringComparison.Ordinal);
        var faster = brink.Run([.. watch, "--append", "w", "--optimizer", "nesterov", "--learning-rate", "0.1"]);
        Assert.Contains("its optimizer is that of the checkpoints, and here it is Nesterov", faster.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_products_as_units_give_the_exact_trace_of_a_graph()
    {
        using var brink = new BrinkProgram();
        Save(brink, "ckpt/step_1.safetensors");
        string[] options = ["--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt", "--json", "--trace-products"];
        // All parameters of the TorchScript file; units and biases of the same network as ONNX.
        var exact = brink.Run(["watch", Script("mlp.pt"), .. options, "100000"]).Json.GetProperty("rows")[0];
        var units = brink.Run(["watch", Onnx, .. options, $"{Units}"]).Json.GetProperty("rows")[0];
        var fewer = brink.Run(["watch", Onnx, .. options, $"{Units - 1}"]).Json.GetProperty("rows")[0];
        Assert.Equal((0, 0), (exact.GetProperty("trace_error").GetDouble(), units.GetProperty("trace_error").GetDouble()));
        Assert.InRange(fewer.GetProperty("trace_error").GetDouble(), 1e-6, double.PositiveInfinity);
        var trace = exact.GetProperty("trace").GetDouble();
        Assert.Equal(trace, units.GetProperty("trace").GetDouble(), 1e-9 * Math.Abs(trace));
    }

    [Fact]
    public void An_adaptive_optimizer_without_its_second_moments_has_no_effective_sharpness()
    {
        using var brink = new BrinkProgram();
        Save(brink, "ckpt/step_1.safetensors");
        var watched = brink.Run(
            "watch", Onnx, "--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt", "--json", "--optimizer", "adafactor",
            "--learning-rate", "0.01");
        Assert.Equal(0, watched.Code);
        var row = watched.Json.GetProperty("rows")[0];
        Assert.Equal(JsonValueKind.Null, row.GetProperty("effective_sharpness").ValueKind);
        Assert.StartsWith("The file has no second moments of Adafactor", row.GetProperty("reason").GetString());
        Assert.Contains("The file has no second moments of Adafactor", watched.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_statistics_need_a_batch_norm()
    {
        using var brink = new BrinkProgram();
        Save(brink, "ckpt/step_1.safetensors");
        var watched = brink.Run(
            "watch", Onnx, "--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt", "--batch-norm", "batch");
        Assert.Equal(2, watched.Code);
        Assert.Contains("mlp.onnx: the model has no batch norm", watched.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_checkpoints_are_skipped_with_a_line_each()
    {
        using var brink = new BrinkProgram();
        Save(brink, "ckpt/step_1.safetensors");
        var whole = File.ReadAllBytes(brink.Path("ckpt/step_1.safetensors"));
        File.WriteAllBytes(brink.Path("ckpt/step_2.safetensors"), whole[..^7]);
        File.WriteAllBytes(brink.Path("ckpt/step_3.safetensors"), Encoding.UTF8.GetBytes("nothing"));
        File.WriteAllBytes(brink.Path("ckpt/step_4.safetensors"), Renamed(whole, "first.", "other."));
        File.WriteAllBytes(brink.Path("ckpt/a_step_1.safetensors"), whole);
        File.Copy(Script("mlp.pt"), brink.Path("ckpt/mlp.pt"));      // the model itself is no checkpoint
        var watched = brink.Run(
            "watch", "ckpt/mlp.pt", "--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt", "--json");
        Assert.Equal(0, watched.Code);
        Assert.Single(watched.Json.GetProperty("rows").EnumerateArray());
        foreach (var part in new[]
            { "step_2.safetensors: ", "step_3.safetensors: ", "has no values of 2 of the model's 4 parameters", "was measured before" })
            Assert.Contains(part, watched.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("mlp.pt", watched.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--checkpoints ckpt/*: no file matches", "--checkpoints", "ckpt/*")]
    [InlineData("--betas: are of adam and adamw", "--checkpoints", "x", "--betas", "0.9,0.99", "--learning-rate", "1")]
    [InlineData("--betas 2,0: write two numbers", "--checkpoints", "x", "--optimizer", "adam", "--betas", "2,0", "--learning-rate", "1")]
    [InlineData("--learning-rate: give a positive number", "--checkpoints", "x", "--optimizer", "sgd")]
    [InlineData("--momentum 1: it must be at least 0 and below 1", "--checkpoints", "x", "--momentum", "1", "--learning-rate", "1")]
    [InlineData("--top 0: it must be at least 1", "--checkpoints", "x", "--top", "0")]
    [InlineData("--clip-norm: is of sgd and nesterov", "--checkpoints", "x", "--clip-norm", "1", "--optimizer", "adam",
        "--learning-rate", "1")]
    [InlineData("--momentum 0.9: the edge of adafactor is known without momentum only", "--checkpoints", "x", "--optimizer", "adafactor",
        "--learning-rate", "1", "--momentum", "0.9")]
    public void Wrong_options_are_refused_in_one_line(string message, params string[] options)
    {
        using var brink = new BrinkProgram();
        var watched = brink.Run(["watch", Script("mlp.pt"), "--data", Script("values.npz"), "--loss", "mse", .. options]);
        Assert.Equal(2, watched.Code);
        Assert.Contains(message, watched.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_is_followed_while_it_runs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "default dispositions of signals are set by env of the GNU coreutils");
        using var brink = new BrinkProgram();
        Save(brink, "own.safetensors");
        Directory.CreateDirectory(brink.Path("ckpt"));
        using var process = brink.Start(
            [],
            "watch", Script("mlp.pt"), "--data", Script("values.npz"), "--loss", "mse", "--checkpoints", "ckpt", "--follow", "--json",
            "--out", "followed");
        foreach (var step in new[] { 1, 2 })
        {
            File.Copy(brink.Path("own.safetensors"), brink.Path($"ckpt/step_{step}.safetensors"));
            process.Await(() =>
                brink.Run("runs", "export", "followed").Output.Contains($"monitor,sharpness,{step},", StringComparison.Ordinal));
        }
        process.Send("INT");
        var ended = BrinkProgram.Ended(process);
        Assert.Equal(0, ended.Code);
        Assert.Equal(2, ended.Json.GetProperty("rows").GetArrayLength());
    }

    /// <summary>Saves the values of the model.</summary>
    private static void Save(BrinkProgram brink, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(brink.Path(file))!);
        Assert.Equal(0, brink.Run(
            "inspect", Script("mlp.pt"), "--data", Script("values.npz"), "--loss", "mse", "--probes", "0", "--save-parameters", file).Code);
    }

    /// <summary>Returns a file of float64 tensors with half the values, under names with a prefix.</summary>
    private static byte[] Halved(string path, string prefix)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        for (var i = start; i < bytes.Length; i += 8)
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i), BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(i)) / 2);
        return prefix.Length == 0 ? bytes : Renamed(Renamed(bytes, "first.", prefix + "first."), "last.", prefix + "last.");
    }

    private static byte[] Renamed(byte[] bytes, string from, string to)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(bytes, 8, length).Replace('"' + from, '"' + to, StringComparison.Ordinal).TrimEnd());
        var size = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, header.Length);
        return [.. size, .. header, .. bytes[(8 + length)..]];
    }

    private static double[] Values(JsonElement row, string end) =>
        [.. row.GetProperty(end).EnumerateArray().Select(value => value.GetDouble())];

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "torchscript", name);

    /// <summary>Units and biases of the network 6-5-3 in onnx/mlp.onnx.</summary>
    private const int Units = 16;

    private static string Onnx => Path.Combine(AppContext.BaseDirectory, "onnx", "mlp.onnx");
}
