using System.Text.Json;

namespace Brink.Cli.Tests;

/// <summary>An inspection checks its derivatives against the loss, so that no wrong number is reported with a bound.</summary>
public sealed class InspectChecksTests
{
    // Sharpness of mlp.pt on values.npz, from PyTorch's dense Hessian (InspectTests).
    private const double Sharpness = 3.731888957650029;

    private const string Hidden = "h = torch.tanh((first).forward(x, ))";

    private static readonly string[] Composed =
    [
        "v = first.weight",
        "w = torch.div(torch.mul(v, torch.unsqueeze(first.bias, 1)), torch.norm(v, 2, [1], True))",
        "return (last).forward(torch.tanh(torch.linear(x, w, None)), )",
    ];

    private static readonly string[] Fused =
    [
        "w = torch._weight_norm(first.weight, torch.unsqueeze(first.bias, 1), 0)",
        "return (last).forward(torch.tanh(torch.linear(x, w, None)), )",
    ];

    [Fact]
    public void A_wrong_second_derivative_is_rejected()
    {
        using var brink = new BrinkProgram();
        Make(brink, Fused);
        var refused = Inspect(brink);
        Assert.Equal((1, ""), (refused.Code, refused.Output));
        Assert.Contains("made.pt: the second derivative is not that of the loss along first.", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("relative error", refused.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(brink.Path("runs")));

        var continued = Inspect(brink, "--unchecked", "--json");
        Assert.Equal((0, ""), (continued.Code, continued.Error));
        Assert.StartsWith(
            "The derivatives do not match the loss", continued.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "the second derivative is not that of the loss along first.",
            continued.Json.GetProperty("check").GetProperty("fault").GetString(),
            StringComparison.Ordinal);
        Assert.Contains(
            "The derivatives do not match the loss",
            brink.Run("runs", "show", "inspect-made").Output + Inspect(brink, "--unchecked").Output,
            StringComparison.Ordinal);

        // The same function, composed of elementary operations.
        Make(brink, Composed);
        var right = Inspect(brink, "--json");
        Assert.Equal(0, right.Code);
        Assert.Equal(JsonValueKind.Null, right.Json.GetProperty("remark").ValueKind);
        Assert.NotEqual(Top(right).Value, Top(continued).Value, 1e-3);
    }

    [Theory]
    [InlineData(
        "float64", "return torch.detach(f)",
        "the loss changes with first.weight, first.bias, last.weight, last.bias, but autograd does not reach them")]
    [InlineData(
        "float32", "return torch.detach(f)",
        "the loss changes with first.weight, first.bias, last.weight, last.bias, but autograd does not reach them")]
    [InlineData(
        "float64", "return (last).forward(torch.detach(torch.tanh((first).forward(x, ))), )",
        "the loss changes with first.weight, first.bias, but autograd")]
    [InlineData(
        "float32", "return (last).forward(torch.div(torch.round(torch.mul(torch.tanh((first).forward(x, )), 16)), 16), )",
        "the loss changes with first.weight, first.bias, but autograd")]
    [InlineData("float64", "return torch.mul(f, torch.detach(f))", "the gradient is not that of the loss along last.bias")]
    [InlineData("float32", "return torch.mul(f, torch.detach(f))", "the gradient is not that of the loss along last.bias")]
    public void A_part_that_passes_no_gradient_is_named(string precision, string line, string expected)
    {
        using var brink = new BrinkProgram();
        Make(brink, line);
        var refused = Inspect(brink, "--precision", precision);
        Assert.Equal(1, refused.Code);
        Assert.Contains(expected, refused.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]   // float16
    [InlineData(15)]  // bfloat16
    [InlineData(6)]   // float32
    public void Bounds_are_not_below_the_rounding_inside_the_model(int type)
    {
        using var brink = new BrinkProgram();
        Make(brink, Hidden, $"return (last).forward(torch.to(torch.to(h, {type}), ops.prim.dtype(x)), )");
        var found = Inspect(brink, "--json");
        Assert.Equal(0, found.Code);
        var (value, residual) = Top(found);
        Assert.InRange(Math.Abs(value - Sharpness), 0, residual);
        Assert.InRange(residual, 1e-9, 0.5);
        Assert.Contains("rounds more coarsely", found.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_that_depend_on_each_other_run_in_one_micro_batch()
    {
        using var brink = new BrinkProgram();
        Make(brink, "return torch.sub(f, torch.mean(f, [0], True))");
        var (whole, parts) = (Inspect(brink, "--json"), Inspect(brink, "--json", "--micro-batch", "7"));
        Assert.Equal(Top(whole).Value, Top(parts).Value, 1e-12);
        Assert.Contains(
            "--micro-batch 7 would give a different loss", parts.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
        Assert.Contains("GB", parts.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
        Assert.Contains("in one micro-batch", whole.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_fixed_in_training_mode_is_named_and_keeps_its_buffers()
    {
        using var brink = new BrinkProgram();
        MadeScript.Write(
            brink.Path("made.pt"),
            [.. Linear(), new("mean", [3], [0.25f, 0, 0], IsParameter: false), new("var", [3], [1, 1, 1], IsParameter: false)],
            "f = torch.linear(x, weight, bias)",
            "return torch.batch_norm(f, None, None, mean, var, True, 0.1, 1e-5, False)");
        var found = Inspect(brink, "--json", "--micro-batch", "5", "--save-parameters", "saved.safetensors");
        Assert.Equal((0, ""), (found.Code, found.Error));
        Assert.Contains(
            "always in training mode: running it changes mean", found.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
        var bytes = System.IO.File.ReadAllBytes(brink.Path("saved.safetensors"));
        var header = JsonDocument.Parse(bytes.AsMemory(8, BitConverter.ToInt32(bytes))).RootElement;
        var at = 8 + BitConverter.ToInt32(bytes) + header.GetProperty("mean").GetProperty("data_offsets")[0].GetInt32();
        Assert.Equal([0.25, 0, 0], Enumerable.Range(0, 3).Select(i => BitConverter.ToDouble(bytes, at + (8 * i))));
    }

    [Fact]
    public void A_script_that_prints_does_not_write_into_the_JSON_document()
    {
        using var brink = new BrinkProgram();
        Make(brink, "print(\"in\", torch.size(x))", "return f");
        var found = Inspect(brink, "--json");
        Assert.Equal(Sharpness, Top(found).Value, 1e-6);
        Assert.Contains("in [23, 6]", found.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "a Hessian product is not finite in the operations after first.",
        "n = torch.norm(torch.mul((first).forward(x, ), 0), 2, [1], True)",
        "return torch.add(f, n)")]
    [InlineData("its code has float32 constants: use --precision float32", "return torch.mm(f, torch.ones([3, 3], dtype=6))")]
    [InlineData(
        "its code names the device cuda:0: trace or script the model on the CPU",
        "return torch.add(f, torch.ones([3], dtype=7, layout=None, device=torch.device(\"cuda:0\")))")]
    public void A_model_without_a_spectrum_is_rejected_with_advice(string expected, params string[] body)
    {
        using var brink = new BrinkProgram();
        Make(brink, body);
        var refused = Inspect(brink);
        Assert.Equal((2, ""), (refused.Code, refused.Output));
        Assert.Contains(expected, refused.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Complex_and_frozen_parameters_are_rejected_by_name()
    {
        using var brink = new BrinkProgram();
        MadeScript.Write(
            brink.Path("made.pt"),
            [new("weight", [3, 6], new float[36], Type: "ComplexFloat")],
            "return torch.linear(x, torch.real(weight), None)");
        Assert.Contains(
            "made.pt: parameter weight is ComplexFloat32; parameters must be real", Inspect(brink).ErrorLine, StringComparison.Ordinal);
        ScriptFile.Edited("nothing.pt", brink.Path("frozen.pt"), (_, bytes) => bytes);
        using (var zip = System.IO.Compression.ZipFile.Open(brink.Path("frozen.pt"), System.IO.Compression.ZipArchiveMode.Update))
            zip.CreateEntry("nothing/constants/0").Open().Dispose();
        var frozen = brink.Run("inspect", "frozen.pt", "--data", File("values.npz"), "--loss", "mse");
        Assert.Equal(2, frozen.Code);
        Assert.Contains(
            "torch.jit.freeze or optimize_for_inference turned them into constants (1 tensors); save the model before",
            frozen.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Models_of_one_to_three_parameters_have_a_spectrum(int parameters)
    {
        using var brink = new BrinkProgram();
        var scale = new MadeTensor("scale", [parameters], [.. Enumerable.Range(1, parameters).Select(i => 0.5f * i)]);
        // L = mean over samples of 3 (sum(scale) - y)^2 summed: H = 6 times the matrix of ones.
        MadeScript.Write(brink.Path("made.pt"), [scale], "return torch.mul(torch.ones_like(torch.slice(x, 1, 0, 3)), torch.sum(scale))");
        foreach (var probes in new[] { "0", "10" })
        {
            var found = Inspect(brink, "--json", "--probes", probes);
            Assert.True(found.Code == 0, found.Error);
            Assert.Equal(6.0 * parameters, Top(found).Value, 1e-9);
            Assert.Equal(6.0 * parameters, found.Json.GetProperty("trace").GetProperty("value").GetDouble(), 1e-9);
            Assert.Equal(parameters, found.Json.GetProperty("top").GetArrayLength());
        }
    }

    [Fact]
    public void A_basis_of_the_whole_space_has_converged_at_every_scale()
    {
        using var brink = new BrinkProgram();
        Make(
            brink,
            [.. Linear()],
            "return torch.linear(torch.mul(x, torch.pow(10., torch.sub(torch.arange(6, dtype=7), 3))), weight, bias)");
        var found = Inspect(brink, "--json");
        Assert.Equal((0, ""), (found.Code, found.Error));
        var top = Top(found);
        Assert.InRange(top.Residual / top.Value, 0, 1e-11);
    }

    [Fact]
    public void A_sharpness_below_its_own_bound_is_zero()
    {
        using var brink = new BrinkProgram();
        MadeScript.Write(
            brink.Path("made.pt"),
            [new("weight", [4], [0.1f, 0.1f, 0.1f, 0.1f])],
            // Negative curvature along one direction near its maximum, and none along the others.
            "return torch.mul(torch.ones_like(torch.slice(x, 1, 0, 3)), torch.mul(torch.cos(torch.mul(torch.sum(weight), 0.5)), 10))");
        var found = Inspect(brink);
        Assert.Equal(0, found.Code);
        Assert.Contains("is zero to within", found.Output, StringComparison.Ordinal);
        Assert.Contains("any learning rate is stable", found.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]E\\+[0-9]", found.Output);
        Assert.Equal(JsonValueKind.Null, Inspect(brink, "--json").Json.GetProperty("largest_stable_step").ValueKind);
    }

    [Theory]
    [InlineData("an exact minimum", new[] { 0f }, "return torch.mul(y3, w)")]
    [InlineData("a parameter squared, at zero", new[] { 0f }, "return torch.mul(y3, torch.mul(w, w))")]
    [InlineData("the top of a cosine", new[] { 0f }, "return torch.add(torch.cos(torch.mul(y3, w)), 1)")]
    [InlineData("a dead relu", new[] { -5f }, "return torch.relu(torch.add(torch.mul(torch.sigmoid(y3), 0.1), w))")]
    [InlineData("units on their kink", new[] { 0f }, "return torch.relu(torch.add(torch.mul(y3, 0), w))")]
    [InlineData(
        "parameters of two scales", new[] { 1e-4f, 1e4f },
        "a = torch.select(w, 0, 0)", "b = torch.select(w, 0, 1)",
        "return torch.mul(torch.tanh(torch.mul(y3, torch.mul(a, 10000))), torch.mul(b, 0.0001))")]
    public void A_correct_model_passes_the_check_at_every_point(string where, float[] values, params string[] body)
    {
        using var brink = new BrinkProgram();
        MadeScript.Write(brink.Path("made.pt"), [new("w", [values.Length], values)], ["y3 = torch.slice(x, 1, 0, 3)", .. body]);
        foreach (var precision in new[] { "float64", "float32" })
        {
            var found = Inspect(brink, "--json", "--precision", precision);
            Assert.True(found.Code == 0, $"{where}: {found.Error}");
            Assert.Equal(JsonValueKind.Null, found.Json.GetProperty("check").GetProperty("fault").ValueKind);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("4")]
    [InlineData("23")]
    public void A_fault_on_a_few_samples_is_found(string microBatch)
    {
        using var brink = new BrinkProgram();
        Make(brink, "return torch.where(torch.gt(torch.slice(x, 1, 0, 1), 1.), torch.mul(f, torch.detach(f)), f)");
        Assert.Contains(
            "the gradient is not that of the loss along", Inspect(brink, "--micro-batch", microBatch).ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("23")]
    public void Samples_that_depend_on_each_other_behind_a_zero_factor_run_in_one_micro_batch(string microBatch)
    {
        using var brink = new BrinkProgram();
        MadeScript.Write(
            brink.Path("made.pt"),
            [.. Linear(), new("scale", [3], [0, 0, 0]), new("shift", [3], [0, 0, 0])],
            "f = torch.linear(x, weight, bias)",
            "return torch.add(f, torch.batch_norm(f, scale, shift, None, None, True, 0.1, 1e-5, False))");
        Assert.Contains(
            "in one micro-batch",
            Inspect(brink, "--json", "--micro-batch", microBatch).Json.GetProperty("remark").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_without_influence_is_named()
    {
        using var brink = new BrinkProgram();
        Make(brink, [.. Linear(), new("copy", [2], [1, 2])], "return torch.linear(x, weight, bias)");
        Assert.Contains(
            "The loss does not depend on copy.", Inspect(brink, "--json").Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    private static IEnumerable<MadeTensor> Linear() =>
        [new("weight", [3, 6], [.. Enumerable.Range(0, 18).Select(i => MathF.Sin(i))]), new("bias", [3], [0.1f, -0.2f, 0.3f])];

    private static Result Inspect(BrinkProgram brink, params string[] more) =>
        brink.Run(
        [
            "inspect", "made.pt", "--data", File("values.npz"), "--loss", "mse",
            .. more.Contains("--probes") ? [] : new[] { "--probes", "0" },
            .. more,
        ]);

    private static void Make(BrinkProgram brink, params string[] body)
    {
        System.IO.File.Delete(brink.Path("made.pt"));
        ScriptFile.WithForward(brink.Path("made.pt"), "Tensor", body);
    }

    private static void Make(BrinkProgram brink, IReadOnlyList<MadeTensor> tensors, params string[] body) =>
        MadeScript.Write(brink.Path("made.pt"), tensors, body);

    private static (double Value, double Residual) Top(Result found)
    {
        var top = found.Json.GetProperty("top")[0];
        return (top.GetProperty("value").GetDouble(), top.GetProperty("residual").GetDouble());
    }

    private static string File(string name) => Path.Combine(AppContext.BaseDirectory, "torchscript", name);
}
