using Brink.Taylor;

namespace Brink.Graphs.Operators;

/// <summary>Attention by scaled dot products (Vaswani et al. 2017, section 3.2.1).</summary>
internal static class ScaledAttention
{
    /// <summary>softmax(scale Q K^T + mask) V.</summary>
    /// <param name="query">Q [...,heads,length,d].</param>
    /// <param name="key">K [...,heads,positions,d]; each of its heads serves several of Q's where it has fewer.</param>
    /// <param name="value">V [...,heads,positions,c].</param>
    /// <param name="mask">Truth values, false for positions without influence, or numbers that are added to the scores; null for
    /// neither.</param>
    /// <param name="isCausal">True to leave out positions after a query's own.</param>
    /// <param name="scale">Factor of the scores; null for 1/sqrt(d).</param>
    public static Quantity Of(Quantity query, Quantity key, Quantity value, Quantity? mask, bool isCausal, double? scale)
    {
        if (query.Rank > 2 && key.Shape[^3] != query.Shape[^3])
        {
            var repeats = query.Shape[^3] / key.Shape[^3];
            (key, value) = (Repeated(key, repeats), Repeated(value, repeats));
        }
        var scores = (scale ?? (1 / Math.Sqrt(query.Shape[^1]))) * Quantity.MatMul(query, key.Swap(-1, -2));
        var allowed = isCausal ? ones(query.Shape[^2], key.Shape[^2], dtype: ScalarType.Bool).tril() : null;
        if (mask?.Data is { dtype: ScalarType.Bool } given) allowed = allowed is null ? given : allowed.logical_and(given);
        else if (mask is not null) scores += mask;
        // A very negative number instead of -infinity: its exponential is 0 as well, and rows without any key stay finite.
        if (allowed is not null) scores = Quantity.Where(allowed, scores, Quantity.Of(tensor(-1e30, dtype: ScalarType.Float64)));
        return Quantity.MatMul(scores.AlongRows(-1, rows => rows.Softmax()), value);
    }

    /// <summary>Repeats each of the heads, [...,heads,length,d].</summary>
    private static Quantity Repeated(Quantity x, long times)
    {
        long[] shape = x.Shape, expanded = [.. shape[..^2], times, .. shape[^2..]];
        return x.Unsqueeze(-3).Expand(expanded).Reshape([.. shape[..^3], shape[^3] * times, .. shape[^2..]]);
    }
}
