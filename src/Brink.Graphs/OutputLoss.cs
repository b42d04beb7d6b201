using Brink.Graphs.Operators;
using Brink.Taylor;

namespace Brink.Graphs;

/// <summary>Losses of outputs and targets, summed over samples.</summary>
internal static class OutputLoss
{
    /// <summary>The sum over the samples, a value [1].</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="output">Outputs [n,...].</param>
    /// <param name="targets">Targets of the same samples.</param>
    /// <exception cref="GraphException">They do not fit each other.</exception>
    public static Value Of(GraphLoss loss, Quantity output, Tensor targets)
    {
        var sum = loss switch
        {
            GraphLoss.SquaredError => SquaredError(output, targets),
            // The mean over positions of a sample.
            GraphLoss.CrossEntropy => Classes(output, targets),
            GraphLoss.NextToken when output.Rank == 3 => Classes(output.Last(1), targets),
            GraphLoss.NextToken => throw new GraphException(
                $"the output has the shape [{string.Join(',', output.Shape)}]; the next-token loss needs [samples,positions,vocabulary]"),
            _ => output,
        };
        return sum.Contiguous().Reshape(1);
    }

    private static Quantity SquaredError(Quantity output, Tensor targets)
    {
        var y = targets.to(ScalarType.Float64);
        if (y.numel() != output.Count || y.shape[0] != output.Shape[0])
        {
            throw new GraphException(
                $"the output has the shape [{string.Join(',', output.Shape)}] and the targets [{string.Join(',', targets.shape)}];"
                    + " they must be equal");
        }
        var error = output - Quantity.Of(y.reshape(output.Shape));
        return (error * error).Sum([], keep: false);
    }

    private static Quantity Classes(Quantity output, Tensor targets)
    {
        var expected = output.Shape.Where((_, d) => d != 1).ToArray();
        if (targets.is_floating_point() || !targets.shape.SequenceEqual(expected))
        {
            throw new GraphException(
                $"the output has the shape [{string.Join(',', output.Shape)}] with classes along dimension 1, and the targets are"
                    + $" {targets.dtype} [{string.Join(',', targets.shape)}]; integers [{string.Join(',', expected)}] are needed");
        }
        var positions = expected.Skip(1).Aggregate(1L, (product, n) => product * n);
        var log = output.AlongRows(1, rows => rows.LogSoftmax());
        return 1.0 / positions * ClassLoss.Of(log, targets, null, "sum", null, 0);
    }
}
