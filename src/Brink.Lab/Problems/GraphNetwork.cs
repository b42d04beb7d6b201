using Brink.Graphs;
using Brink.Taylor;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>A model of another framework as a function of theta.</summary>
/// <param name="Path">Path of its file, for messages.</param>
/// <param name="Graph">The model.</param>
/// <param name="Width">Number of outputs that the loss needs.</param>
internal sealed record GraphNetwork(string Path, GraphModel Graph, int Width) : Model
{
    /// <inheritdoc/>
    public override ParameterLayout Layout { get; } =
        new(Graph.Parameters.Select(parameter => Parameter.Zeros(parameter.Name, [.. parameter.Shape])));

    /// <summary>Returns the parameters of the file; the seed has no influence.</summary>
    public override Tensor Initial(long seed) => Graph.Theta();

    /// <inheritdoc/>
    public override Value Outputs(Queue<Value> parameters, Tensor inputs)
    {
        try
        {
            var output = Graph.Output(Inputs(inputs));
            return output.Shape is [_, var width] && width == Width
                ? output
                : throw new ExperimentException(
                    $"model.path: {Path}: the output has the shape [{string.Join(',', output.Shape)}]; the loss needs [n,{Width}]");
        }
        catch (GraphException e)
        {
            throw new ExperimentException($"model.path: {Path}: {e.Message}", e);
        }
    }

    /// <summary>Refuses a model whose samples depend on each other, or that is made for batches of one size: the loss of a run is
    /// a sum over samples.</summary>
    /// <param name="inputs">Inputs [n,...].</param>
    public void CheckSamples(Tensor inputs)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var objective = new GraphObjective(Graph, Inputs(inputs), zeros(inputs.shape[0]), GraphLoss.SquaredError);
            if (objective.Unit != 1)
            {
                var why = objective.Remarks is [var remark, ..] ? remark : "fixed batch size";
                throw new ExperimentException(
                    $"model.path: {Path}: its samples are evaluated together ({why});"
                        + " export it in evaluation mode and with a free batch size, or use 'brink inspect'");
            }
        }
        catch (GraphException e)
        {
            throw new ExperimentException($"model.path: {Path}: {e.Message}", e);
        }
    }

    private Dictionary<string, Tensor> Inputs(Tensor inputs) => Graph.Graph.Inputs is [var input]
        ? new(StringComparer.Ordinal) { [input.Name] = inputs }
        : throw new GraphException($"the model has {Graph.Graph.Inputs.Count} inputs; a run needs a model of one input");
}
