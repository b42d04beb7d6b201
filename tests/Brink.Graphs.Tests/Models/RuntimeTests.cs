namespace Brink.Graphs.Tests.Models;

/// <summary>Outputs of exported networks against those of ONNX Runtime in float32.</summary>
public sealed class RuntimeTests
{
    public static TheoryData<string> Files() =>
        [.. SharedModels.Files(".onnx").Where(file => !file.StartsWith("refused/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Files))]
    public void Outputs_equal_those_of_the_runtime(string file)
    {
        using var scope = NewDisposeScope();
        var network = new ExpectedNetwork(file);
        var model = network.Model();
        using var objective = network.Objective(model);
        var expected = Runtime.Output(network.Path, model.Graph.Inputs.Select(input => (input, Data(input.Name))));
        var actual = objective.OutputsAt(model.Theta())[0];
        Assert.Equal(expected.numel(), actual.numel());
        var largest = expected.abs().max().item<double>();
        Assert.InRange((actual.flatten() - expected.flatten()).abs().max().item<double>(), 0, 1e-5 * largest);

        Tensor Data(string name) => network.Arrays.TryGetValue(name, out var data)
            ? data
            : network.Arrays.Single(pair => !string.Equals(pair.Key, "y", StringComparison.Ordinal)).Value;
    }
}
