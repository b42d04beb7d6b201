using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>A fully connected network; the last layer is linear, biases start at zero.</summary>
/// <param name="Widths">Numbers of units of the input, of each hidden layer and of the output: at least two.</param>
/// <param name="Activation">Activation after every layer but the last.</param>
public sealed record Mlp(IReadOnlyList<int> Widths, Activation Activation) : Model
{
    /// <inheritdoc/>
    public override ParameterLayout Layout => new(Enumerable.Range(1, Widths.Count - 1).SelectMany(i => new[]
    {
        Parameter.Weight($"linear{i}.weight", Widths[i], Widths[i - 1]),
        Parameter.Zeros($"linear{i}.bias", Widths[i]),
    }));

    /// <summary>Computes outputs [n,out] of inputs [n,...], which are flattened to [n,in].</summary>
    public override Value Outputs(Queue<Value> parameters, Tensor inputs)
    {
        var h = Value.Constant(inputs.flatten(1));
        while (parameters.Count > 0)
        {
            h = h.Dense(parameters.Dequeue(), parameters.Dequeue());
            if (parameters.Count > 0) h = Activation.Of(h);
        }
        return h;
    }
}
