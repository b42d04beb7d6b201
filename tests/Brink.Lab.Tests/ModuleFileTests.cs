using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

/// <summary>Parameters of TorchScript models are read from and written to safetensors: <c>mlp</c>, and <c>odd</c>, which has
/// tied, frozen and unused parameters and batch norm.</summary>
public class ModuleFileTests
{
    [Theory]
    [InlineData("mlp", ScalarType.Float64)]
    [InlineData("mlp", ScalarType.Float32)]
    [InlineData("odd", ScalarType.Float64)]
    [InlineData("odd", ScalarType.Float32)]
    public void Loaded_values_are_written_again_bit_for_bit(string model, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var (own, others, again) = (folder.Path("own"), folder.Path("others"), folder.Path("again"));
        using (var script = new ScriptModel(Script(model), precision)) script.Save(own);
        Rewrite(own, others, tensors => tensors.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.is_floating_point() ? (pair.Value * 1.1).abs() + 0.01 : pair.Value + 3));
        Assert.NotEqual(File.ReadAllBytes(own), File.ReadAllBytes(others));
        using (var script = new ScriptModel(Script(model), precision, others))
        {
            script.Save(again);
            // Theta is the concatenation of the parameters.
            var given = Safetensors.Read(others).Tensors;
            var parts = script.Parameters.Parts.Select(part => given[part.Name].flatten()).ToList();
            Assert.True(script.Parameters.Theta().equal(cat(parts)).all().ToBoolean());
        }
        Assert.Equal(File.ReadAllBytes(others), File.ReadAllBytes(again));
    }

    [Fact]
    public void Integers_keep_their_type_in_every_precision()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        foreach (var precision in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            using (var script = new ScriptModel(Script("odd"), precision)) script.Save(folder.Path("own"));
            var own = Safetensors.Read(folder.Path("own")).Tensors;
            Assert.Equal(ScalarType.Int64, own["norm.num_batches_tracked"].dtype);
            Assert.Equal(precision, own["norm.running_mean"].dtype);
            // The type that PyTorch writes.
            Rewrite(folder.Path("own"), folder.Path("counted"), tensors =>
                new Dictionary<string, Tensor>(tensors) { ["norm.num_batches_tracked"] = tensor(7L) });
            using (var script = new ScriptModel(Script("odd"), precision, folder.Path("counted"))) script.Save(folder.Path("again"));
            Assert.Equal(7, Safetensors.Read(folder.Path("again")).Tensors["norm.num_batches_tracked"].item<long>());
        }
    }

    [Fact]
    public void A_file_of_trainable_parameters_suffices_and_the_others_are_unchanged()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var script = new ScriptModel(Script("odd"), ScalarType.Float32)) script.Save(folder.Path("own"));
        string[] rest = ["norm.running_mean", "norm.running_var", "norm.num_batches_tracked", "frozen.weight"];
        // A tied parameter has its other name, and all parameters are in float64.
        Rewrite(folder.Path("own"), folder.Path("few"), tensors =>
        {
            Assert.All(rest, name => Assert.Contains(name, tensors));
            Assert.DoesNotContain("second.weight", tensors.Keys);
            return tensors.Where(pair => !rest.Contains(pair.Key)).ToDictionary(
                pair => pair.Key == "first.weight" ? "second.weight" : pair.Key, pair => pair.Value.to(ScalarType.Float64) + 0.5);
        });
        using (var script = new ScriptModel(Script("odd"), ScalarType.Float32, folder.Path("few"))) script.Save(folder.Path("new"));
        var (own, changed) = (Safetensors.Read(folder.Path("own")).Tensors, Safetensors.Read(folder.Path("new")).Tensors);
        Assert.Equal(own.Keys.Order(), changed.Keys.Order());
        foreach (var (name, tensor) in own)
        {
            var expected = rest.Contains(name) ? tensor : (tensor.to(ScalarType.Float64) + 0.5).to(ScalarType.Float32);
            Assert.True(changed[name].equal(expected).all().ToBoolean(), name);
        }
    }

    [Theory]
    [InlineData("parameter last.bias of mlp.pt is missing")]
    [InlineData("last.bais: mlp.pt has no such parameter; did you mean 'last.bias'?")]
    [InlineData("first.weight: [5,5] Float64; mlp.pt needs [5,6] Float64")]
    [InlineData("first.weight: [5,6] Int64; mlp.pt needs [5,6] Float64")]
    [InlineData("first.bias: contains non-finite values")]
    public void Parameters_that_do_not_fit_the_model_are_named(string expected)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var script = new ScriptModel(Script("mlp"), ScalarType.Float64)) script.Save(folder.Path("own"));
        Rewrite(folder.Path("own"), folder.Path("wrong"), own =>
        {
            var tensors = own.ToDictionary();
            switch (expected.Split(' '))
            {
                case ["parameter", ..]:
                    tensors.Remove("last.bias");
                    break;
                case ["last.bais:", ..]:
                    tensors.Add("last.bais", tensors["last.bias"]);
                    break;
                case [_, "[5,5]", ..]:
                    tensors["first.weight"] = tensors["first.weight"].narrow(1, 0, 5);
                    break;
                case [_, "[5,6]", ..]:
                    tensors["first.weight"] = tensors["first.weight"].to(ScalarType.Int64);
                    break;
                default:
                    tensors["first.bias"][2] = double.NaN;
                    break;
            }
            return tensors;
        });
        Assert.Equal($"{folder.Path("wrong")}: {expected}", Refusal("mlp", folder.Path("wrong")));
    }

    [Fact]
    public void Tied_parameters_with_two_values_are_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var script = new ScriptModel(Script("odd"), ScalarType.Float64)) script.Save(folder.Path("own"));
        Write("equal", 0);
        using (new ScriptModel(Script("odd"), ScalarType.Float64, folder.Path("equal")))
        {
        }
        Write("other", 1);
        Assert.Contains(
            "first.weight: odd.pt ties it to another parameter", Refusal("odd", folder.Path("other")), StringComparison.Ordinal);

        void Write(string name, double more) => Rewrite(folder.Path("own"), folder.Path(name), tensors =>
            new Dictionary<string, Tensor>(tensors) { ["second.weight"] = tensors["first.weight"] + more });
    }

    [Fact]
    public void Missing_files_and_files_of_another_format_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal($"{folder.Path("none")}: no such file", Refusal("mlp", folder.Path("none")));
        File.WriteAllText(folder.Path("text"), "not this format");
        Assert.StartsWith(
            $"{folder.Path("text")}: the file has 15 bytes and states a header of",
            Refusal("mlp", folder.Path("text")),
            StringComparison.Ordinal);
    }

    private static string Refusal(string model, string file) =>
        Assert.Throws<ExperimentException>(() => new ScriptModel(Script(model), ScalarType.Float64, file)).Message;

    private static void Rewrite(
        string from, string to, Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, Tensor>> changed)
    {
        var file = Safetensors.Read(from);
        Safetensors.Write(to, changed(file.Tensors), file.Metadata);
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "torchscript", name + ".pt");
}
