using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Brink.Cli.Tests;

/// <summary><c>brink inspect</c> on TorchScript files that PyTorch wrote (torchscript/make.py), against the second derivatives
/// of PyTorch.</summary>
public class InspectTests
{
    public static TheoryData<string, string, string, double, double[], double[], double> References => new()
    {
        {
            "mlp", "values", "mse", 3.219743214834355,
            [3.731888957650029, 3.244657543417802, 2.94832873893816, 2.434708547977531, 2.0390945182802716],
            [-1.6831253420346264, -1.5501141501099682], 21.196424909340294
        },
        {
            "mlp", "classes", "cross-entropy", 1.100904396918181,
            [0.6733803038723445, 0.4675323261094224, 0.42263677835927266, 0.3976495471231841, 0.3622403880671214],
            [-0.36590184175532525, -0.3262217351171822], 2.3008414208900803
        },
        {
            "odd", "values", "mse", 3.0580579403203454,
            [7.1164457299583415, 3.5776202161299837, 2.6967987620217118, 1.7625451638311778, 1.6026689404605867],
            [-1.6486901769477373, -1.5998676870086102], 13.887714921868174
        },
        {
            "odd", "classes", "cross-entropy", 1.226514018764813,
            [1.3502545985141432, 0.6659098940951248, 0.6024864479793789, 0.5454884778329687, 0.3438191121847743],
            [-0.574894035488539, -0.5608317361058431], 1.8829726728947342
        },
    };

    [Theory, MemberData(nameof(References))]
    public void The_spectrum_is_that_of_PyTorchs_dense_Hessian(
        string model, string data, string loss, double value, double[] top, double[] bottom, double trace)
    {
        using var brink = new BrinkProgram();
        var json = brink.Run(
            "inspect", File(model + ".pt"), "--data", File(data + ".npz"), "--loss", loss, "--top", "5", "--bottom", "2",
            "--precision", "float64", "--micro-batch", "7", "--json").Json;
        Assert.Equal(value, json.GetProperty("loss").GetDouble(), 1e-10);
        Assert.Equal(model == "mlp" ? 53 : 82, json.GetProperty("parameters").GetInt32());
        AssertClose(top, json.GetProperty("top"));
        AssertClose(bottom, json.GetProperty("bottom"));
        Assert.Equal(trace, json.GetProperty("trace").GetProperty("value").GetDouble(), 1e-6);
        Assert.Equal(0, json.GetProperty("trace").GetProperty("standard_error").GetDouble());
        Assert.Equal(2 / top[0], json.GetProperty("largest_stable_step").GetDouble(), 1e-6);
        var warmUp = json.GetProperty("warm_up");
        Assert.Equal(2 / top[0], warmUp.GetProperty("highest").GetDouble(), 1e-6);
        Assert.Contains(
            "use StabilityMonitor during training to see when", warmUp.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.True(json.GetProperty("products").GetInt32() > 0);
        // The blocks of the layers add up to the trace, and to the top eigenvector.
        var layers = json.GetProperty("layers").EnumerateArray().ToArray();
        Assert.Equal(trace, layers.Sum(layer => layer.GetProperty("trace").GetProperty("value").GetDouble()), 1e-6);
        Assert.Equal(1, layers.Sum(layer => layer.GetProperty("direction_share").GetDouble()), 1e-9);
        Assert.All(layers, layer => Assert.True(layer.GetProperty("sharpness").GetDouble() <= top[0] * 1.0001));
    }

    [Fact]
    public void Inspect_prints_tables_and_writes_a_run_with_figures()
    {
        using var brink = new BrinkProgram();
        var text = brink.Run("inspect", File("mlp.pt"), "--data", File("values.npz"), "--loss", "mse", "--precision", "float32");
        Assert.Equal((0, ""), (text.Code, text.Error));
        foreach (var part in new[]
        {
            "The sharpness", "limits the learning rate of gradient descent to 0.536",
            "Learning-rate warm-up: with gradient descent the learning rate may rise to 0.536",
            "first ", "gradient descent  0.536", "page  runs/inspect-mlp/page.html",
        })
            Assert.Contains(part, text.Output, StringComparison.Ordinal);
        Assert.True(System.IO.File.Exists(brink.Path("runs/inspect-mlp/page.html")));
        foreach (var figure in new[] { "density", "log_density", "extremes" })
            Assert.Equal(0, brink.Run("figure", "inspect-mlp", figure).Code);
        brink.AssertShown(
            "inspect-mlp", "[layers]\nlayer", "[largest stable steps]\nmethod", "[top]\nvalue", "trace value", "warm up reason");
        Assert.Contains(
            "The most negative eigenvalue",
            brink.Run("runs", "show", "inspect-mlp").Output + System.IO.File.ReadAllText(brink.Path("runs/inspect-mlp/page.html")),
            StringComparison.Ordinal);
        var quick = brink.Run("inspect", File("mlp.pt"), "--data", File("values.npz"), "--loss", "mse", "--probes", "0", "--json").Json;
        Assert.Equal(JsonValueKind.Null, quick.GetProperty("effective_rank").ValueKind);
    }

    [Fact]
    public void Parameters_are_saved_and_read_by_name()
    {
        using var brink = new BrinkProgram();
        string[] inspect = ["inspect", File("mlp.pt"), "--data", File("values.npz"), "--loss", "mse", "--probes", "0", "--json"];
        var own = brink.Run([.. inspect, "--save-parameters", "own.safetensors"]);
        Assert.Equal((0, ""), (own.Code, own.Error));
        var bytes = System.IO.File.ReadAllBytes(brink.Path("own.safetensors"));
        // The first tensor of the file is first.bias: its first element becomes 0.75.
        var length = BitConverter.ToInt32(bytes);
        Assert.Contains(
            "\"first.bias\":{\"dtype\":\"F64\",\"shape\":[5],\"data_offsets\":[0,40]}",
            Encoding.UTF8.GetString(bytes, 8, length),
            StringComparison.Ordinal);
        BitConverter.GetBytes(0.75).CopyTo(bytes, 8 + length);
        System.IO.File.WriteAllBytes(brink.Path("changed.safetensors"), bytes);
        var changed = brink.Run([.. inspect, "--parameters", "changed.safetensors", "--save-parameters", "again.safetensors"]);
        Assert.Equal((0, ""), (changed.Code, changed.Error));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(brink.Path("again.safetensors")));
        Assert.NotEqual(own.Json.GetProperty("loss").GetDouble(), changed.Json.GetProperty("loss").GetDouble());
        Assert.Contains("changed.safetensors", brink.Run("runs", "show", "inspect-mlp-2").Output, StringComparison.Ordinal);

        // An existing file is overwritten only with --force.
        var refused = brink.Run([.. inspect, "--save-parameters", "again.safetensors"]);
        Assert.Contains("again.safetensors: already exists; use --force to replace it", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(2, refused.Code);
        Assert.Equal(0, brink.Run([.. inspect, "--save-parameters", "again.safetensors", "--force"]).Code);
        Assert.Equal(
            System.IO.File.ReadAllBytes(brink.Path("own.safetensors")), System.IO.File.ReadAllBytes(brink.Path("again.safetensors")));

        var wrong = brink.Run("inspect", File("odd.pt"), "--data", File("values.npz"), "--loss", "mse", "--parameters", "own.safetensors");
        Assert.Contains("own.safetensors: first.bias: [5] Float64; odd.pt needs [6] Float64", wrong.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (wrong.Code, wrong.Output));
    }

    [Theory]
    [InlineData("make.py", "values.npz", "mse", "make.py: not a TorchScript file; write one with torch.jit.save")]
    [InlineData("state.pt", "values.npz", "mse", "state.pt: not a TorchScript file; it contains a state_dict")]
    [InlineData("none.pt", "values.npz", "mse", "none.pt: no such file")]
    [InlineData("nothing.pt", "values.npz", "mse", "nothing.pt: the module has no parameters")]
    [InlineData("nan.pt", "values.npz", "mse", "nan.pt: first.weight: contains non-finite values")]
    [InlineData("pair.pt", "values.npz", "mse", "pair.pt: the output is not a tensor")]
    [InlineData(
        "once.pt", "values.npz", "mse",
        "cannot differentiate the loss twice in the operations after first.bias: the derivative for '_pdist_backward' is not implemented")]
    [InlineData("mlp.pt", "none.npz", "mse", "none.npz: no such file")]
    [InlineData("mlp.pt", "make.py", "mse", "the layout is unknown")]
    [InlineData(
        "mlp.pt", "classes.npz", "mse",
        "y: [23] Int64 does not match the outputs [23,3] Float64: --loss mse needs targets of the same shape;"
            + " for classes, use --loss cross-entropy")]
    [InlineData("mlp.pt", "values.npz", "cross-entropy", "y: [23,3] Float64; --loss cross-entropy needs integer classes [n]")]
    public void A_model_data_and_loss_that_do_not_fit_are_rejected_in_one_line(string model, string data, string loss, string expected)
    {
        using var brink = new BrinkProgram();
        var refused = brink.Run("inspect", File(model), "--data", File(data), "--loss", loss);
        Assert.Contains(expected, refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (refused.Code, refused.Output));
    }

    [Fact]
    public void Samples_that_do_not_fit_are_rejected_in_one_line()
    {
        using var brink = new BrinkProgram();
        var y = Array("<f4", 4, 3);
        AssertRefused("the model fails on x [4,7] Float64: mat1 and mat2 shapes cannot be multiplied (4x7 and 6x5)", Array("<f4", 4, 7), y);
        AssertRefused("x contains integers: store them as floating-point numbers if the model expects those", Array("<i8", 4, 6), y);
        AssertRefused("5 targets for 4 inputs", Array("<f4", 4, 6), Array("<f4", 5, 3));
        AssertRefused("does not match the outputs [4,3] Float64", Array("<f4", 4, 6), Array("<f4", 4, 2));
        AssertRefused("does not match the outputs [4,3] Float64", Array("<f4", 4, 6), Array("<f4", 4));
        AssertRefused("the value at [0, 0] (counted from 0) is NaN", Array("<f4", [0, 0, 0xC0, 0x7F], 4, 6), y);
        AssertRefused("must be at least 1", Array("<f4", 4, 6), y, "--top", "0");

        void AssertRefused(string expected, byte[] x, byte[] targets, params string[] more)
        {
            using (var zip = ZipFile.Open(brink.Path("s.npz"), ZipArchiveMode.Create))
                foreach (var (name, bytes) in new[] { ("x.npy", x), ("y.npy", targets) })
                {
                    using var entry = zip.CreateEntry(name).Open();
                    entry.Write(bytes);
                }
            var refused = brink.Run(["inspect", File("mlp.pt"), "--data", "s.npz", "--loss", "mse", .. more]);
            System.IO.File.Delete(brink.Path("s.npz"));
            Assert.Contains(expected, refused.ErrorLine, StringComparison.Ordinal);
            Assert.Equal(2, refused.Code);
        }
    }

    [Theory]
    [InlineData("libtorch crashes when it loads made.pt: Unknown builtin op: aten::nosuchop", "Tensor", "return torch.nosuchop(x)")]
    [InlineData("the output is [7,3] ComplexFloat64, which cannot be differentiated", "Tensor", "return torch.complex(f, f)")]
    [InlineData("the output is [7,3] Bool, which cannot be differentiated", "Tensor", "return torch.gt(f, 0)")]
    [InlineData(
        "the output is [7,3] Float32, although parameters and inputs are Float64: the model converts to a lower precision",
        "Tensor", "return torch.to(f, 6)")]
    [InlineData("the output is not a tensor", "Dict[str, Tensor]", "d = {\"a\": f}", "return d")]
    [InlineData("the model returns None", "NoneType", "return None")]
    [InlineData("the model changes its input in place", "Tensor", "y = torch.mul_(x, 2)", "return f")]
    [InlineData("the model changes its own parameters", "Tensor", "w = torch.add_(first.weight, 1)", "return f")]
    [InlineData(
        "the model fails on x [2,6] Float64: shape '[7, 3]' is invalid for input of size 6",
        "Tensor", "return torch.view(f, [7, 3])")]
    [InlineData("ValueError: too wide", "Tensor", "ops.prim.RaiseException(\"too wide\", \"builtins.ValueError\")", "return f")]
    public void A_script_that_cannot_be_inspected_is_rejected_in_one_line(string expected, string result, params string[] body)
    {
        using var brink = new BrinkProgram();
        ScriptFile.WithForward(brink.Path("made.pt"), result, body);
        var refused = brink.Run("inspect", "made.pt", "--data", File("values.npz"), "--loss", "mse", "--micro-batch", "7", "--probes", "0");
        Assert.Contains(expected, refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (refused.Code, refused.Output));
        Assert.False(Directory.Exists(brink.Path("runs")));
    }

    [Fact]
    public void A_second_rehearsal_names_each_layer_before_it_tries_it()
    {
        using var brink = new BrinkProgram();
        string[] rehearse = ["rehearse", File("mlp.pt"), "--data", File("values.npz"), "--loss", "mse", "--by-layer"];
        var stages = new[] { "last.bias", "last.weight", "first.bias", "first.weight" }
            .Select(name => $"differentiates its loss twice, behind {name}");
        Assert.Equal(["loads mlp.pt", .. stages], brink.Run(rehearse).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        // It stops at the layer without a second derivative.
        rehearse[1] = File("once.pt");
        Assert.Equal(
            "differentiates its loss twice, behind first.bias",
            brink.Run(rehearse).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
    }

    [Fact]
    public void A_loss_that_reaches_no_parameter_is_reported_and_has_no_step()
    {
        using var brink = new BrinkProgram();
        ScriptFile.WithForward(brink.Path("made.pt"), "Tensor", "return torch.zeros_like(f)");
        string[] inspect = ["inspect", "made.pt", "--data", File("values.npz"), "--loss", "mse"];
        Assert.Contains("The loss reaches no parameter", brink.Run(inspect).Output, StringComparison.Ordinal);
        var found = brink.Run([.. inspect, "--json"]);
        Assert.Contains("The loss reaches no parameter", found.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, found.Json.GetProperty("largest_stable_step").ValueKind);
        Assert.DoesNotContain("\"NaN\"", found.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Infinity\"", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_all_eigenvalues_can_be_computed()
    {
        using var brink = new BrinkProgram();
        string[] inspect = ["inspect", File("mlp.pt"), "--data", File("values.npz"), "--loss", "mse", "--probes", "0", "--json"];
        var all = brink.Run([.. inspect, "--top", "53", "--bottom", "53"]).Json;
        var (top, bottom) = (Values("top"), Values("bottom"));
        Assert.Equal(53, top.Length);
        Assert.Equal(top.Reverse().ToArray(), bottom);
        Assert.Equal(all.GetProperty("trace").GetProperty("value").GetDouble(), top.Sum(), 1e-6);
        var refused = brink.Run([.. inspect, "--top", "62"]);
        Assert.Contains(
            "--top 62: it must be at most 53, the number of parameters of the model", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(2, refused.Code);

        double[] Values(string end) =>
            [.. all.GetProperty(end).EnumerateArray().Select(pair => Math.Round(pair.GetProperty("value").GetDouble(), 8))];
    }

    [Fact]
    public void An_existing_folder_is_rejected_before_anything_is_computed()
    {
        using var brink = new BrinkProgram();
        Directory.CreateDirectory(brink.Path("used/there"));
        string[] rest = ["--data", File("values.npz"), "--loss", "mse"];
        // The model does not exist, so the check of the folder comes before the model is read.
        Refused("used: exists already and is not overwritten", ["inspect", "none.pt", .. rest, "--out", "used"]);
        Refused("used: is a folder; name a TorchScript file", ["inspect", "used", .. rest]);
        Refused("used: is a folder; name a file", ["inspect", File("mlp.pt"), "--data", "used", "--loss", "mse"]);

        void Refused(string expected, string[] arguments)
        {
            var refused = brink.Run(arguments);
            Assert.Contains(expected, refused.ErrorLine, StringComparison.Ordinal);
            Assert.Equal(2, refused.Code);
        }
    }

    [Fact]
    public void Inputs_and_targets_may_be_two_npy_files_of_any_rank()
    {
        using var brink = new BrinkProgram();
        System.IO.File.WriteAllBytes(brink.Path("x.npy"), Array("<f4", [0, 0, 0x80, 0x3F], 4, 6));
        System.IO.File.WriteAllBytes(brink.Path("y.npy"), Array("<f4", 4, 3, 1));
        ScriptFile.WithForward(brink.Path("made.pt"), "Tensor", "return torch.unsqueeze(f, 2)");
        string[] inspect = ["inspect", "made.pt", "--data", "x.npy", "--loss", "mse", "--probes", "0", "--json"];
        Assert.Contains("--targets FILE.npy", brink.Run(inspect).ErrorLine, StringComparison.Ordinal);
        var found = brink.Run([.. inspect, "--targets", "y.npy"]);
        Assert.Equal((0, ""), (found.Code, found.Error));
        Assert.Equal(53, found.Json.GetProperty("parameters").GetInt32());
        // The run records the duration of its inspection.
        Assert.True(brink.Run("runs", "show", "inspect-made", "--json").Json.GetProperty("seconds").GetDouble() > 0.05);
    }

    private static void AssertClose(double[] expected, JsonElement bounds)
    {
        var found = bounds.EnumerateArray()
            .Select(bound => (bound.GetProperty("value").GetDouble(), bound.GetProperty("residual").GetDouble()))
            .ToArray();
        Assert.Equal(expected.Length, found.Length);
        foreach (var (value, (number, residual)) in expected.Zip(found))
        {
            Assert.Equal(value, number, 1e-6 * Math.Abs(value));
            Assert.True(Math.Abs(value - number) <= residual + 1e-12);
        }
    }

    private static string File(string name) => Path.Combine(AppContext.BaseDirectory, "torchscript", name);

    /// <summary>A .npy file of zeros.</summary>
    private static byte[] Array(string type, params int[] shape) => Array(type, [], shape);

    private static byte[] Array(string type, byte[] first, params int[] shape)
    {
        var size = shape.Aggregate(1, (a, b) => a * b) * (type[2] - '0');
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Join(",", shape)},), }}".PadRight(117) + "\n";
        return
        [
            0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header),
            .. first, .. new byte[size - first.Length],
        ];
    }
}
