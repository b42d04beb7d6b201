using Brink.Zoo.Checkpoints;

namespace Brink.Lab.Tests.TrainingCheckpoints;

public class OptimizerStateTests
{
    [Fact]
    public void Groups_of_weights_and_of_biases_are_merged_in_the_order_of_the_model()
    {
        using var scope = NewDisposeScope();
        var state = State([[0, 1], [2, 3]], [4, 2], [3, 4], [4], [3]);
        var indices = state.IndicesByName([("a.w", [4L, 2]), ("a.b", [4L]), ("c.w", [3L, 4]), ("c.b", [3L])], "a.pt");
        Assert.Equal([0L, 2, 1, 3], new[] { "a.w", "a.b", "c.w", "c.b" }.Select(name => indices[name]));
    }

    [Fact]
    public void Parameters_that_do_not_fit_or_are_not_determined_are_refused()
    {
        using var scope = NewDisposeScope();
        var one = State([[0, 1]], [2], [3]);
        Refused(one, [("a", [2L])], "the optimizer has 2 parameters and the model has 1");
        Refused(one, [("a", [3L]), ("b", [2L])], "no state of the optimizer fits 'a' of shape [3]");
        Refused(State([[0], [1]], [2], [2]), [("a", [2L]), ("b", [2L])], "'a' may belong to several parameter groups of the optimizer");
    }

    private static OptimizerState State(long[][] groups, params long[][] shapes) => new(
        [.. groups.Select(indices => new ParameterGroup(indices, null, 0.1, null, null, null, null, null, null, null, null))],
        shapes.Select((shape, i) => (i, shape)).ToDictionary(
            one => (long)one.i,
            one => new ParameterState(new Dictionary<string, Tensor> { ["exp_avg_sq"] = ones(one.shape) }, 1)));

    private static void Refused(OptimizerState state, IReadOnlyList<(string, IReadOnlyList<long>)> parameters, string message) =>
        Assert.StartsWith(
            $"a.pt: {message}", Assert.Throws<InvalidDataException>(() => state.IndicesByName(parameters, "a.pt")).Message);
}
