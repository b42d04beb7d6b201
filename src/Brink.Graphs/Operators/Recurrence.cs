namespace Brink.Graphs.Operators;

/// <summary>Recurrent layers, step by step.</summary>
internal static class Recurrence
{
    /// <summary>x W^T + b along the last dimension.</summary>
    public static Quantity Affine(Quantity x, Quantity weight, Quantity? bias)
    {
        var product = Quantity.MatMul(x, weight.Swap(0, 1));
        return bias is null ? product : product + bias;
    }

    /// <summary>Runs a layer over a sequence.</summary>
    /// <param name="inputs">Inputs of the gates [length,n,gates hidden].</param>
    /// <param name="start">State before the first step.</param>
    /// <param name="isReverse">True to begin at the end.</param>
    /// <param name="step">Maps the inputs of one step [n,gates hidden] and a state to the next state.</param>
    /// <returns>The outputs [length,n,hidden] in the order of the inputs, and the last state.</returns>
    public static (Quantity Outputs, RecurrentState Last) Over(
        Quantity inputs, RecurrentState start, bool isReverse, Func<Quantity, RecurrentState, RecurrentState> step)
    {
        var length = (int)inputs.Shape[0];
        var (state, outputs) = (start, new Quantity[length]);
        for (var i = 0; i < length; i++)
        {
            var t = isReverse ? length - 1 - i : i;
            state = step(inputs.Select(0, t), state);
            outputs[t] = state.Hidden.Unsqueeze(0);
        }
        return (Quantity.Concatenate(outputs, 0), state);
    }
}
