namespace Brink.Algebra;

/// <summary>A symmetric matrix A of p by p, known through its products only.</summary>
/// <param name="Dimension">The dimension p.</param>
/// <param name="Precision">Element type of its arguments and results.</param>
/// <param name="Times">Maps rows V [k,p] to rows V A [k,p]. The caller owns the result.</param>
public sealed record SymmetricOperator(long Dimension, ScalarType Precision, Func<Tensor, Tensor> Times)
{
    /// <summary>The operator's point on a path of operators, such as theta [p] of a Hessian; null if it is on none. The tensor
    /// must live as long as the operator is used.</summary>
    public Tensor? At { get; init; }

    /// <summary>Returns the operator of a dense symmetric matrix [p,p], which the caller owns.</summary>
    public static SymmetricOperator Of(Tensor matrix) =>
        new(matrix.shape[0], matrix.dtype, rows => rows.mm(matrix));

    /// <summary>The submatrix on the given coordinates, in their order; for a Hessian, the block of a layer.</summary>
    /// <param name="ranges">Start and length of each run of coordinates; no coordinate twice.</param>
    public SymmetricOperator Restricted(params IReadOnlyList<(long Start, long Length)> ranges)
    {
        var end = 0L;
        foreach (var (start, length) in ranges.OrderBy(range => range.Start))
        {
            if (start < end || length < 1 || length > Dimension - start)
                throw new ArgumentException(
                    $"the range {start} to {start + length - 1} is empty, overlaps another or exceeds 0 to {Dimension - 1};"
                        + " pass disjoint, non-empty ranges",
                    nameof(ranges));
            end = start + length;
        }
        return new(ranges.Sum(range => range.Length), Precision, rows =>
        {
            using var scope = NewDisposeScope();
            var whole = zeros(rows.shape[0], Dimension, dtype: Precision);
            var at = 0L;
            foreach (var (start, length) in ranges)
            {
                whole.narrow(1, start, length).copy_(rows.narrow(1, at, length));
                at += length;
            }
            var product = Times(whole);
            return scope.MoveToOuter(cat([.. ranges.Select(range => product.narrow(1, range.Start, range.Length))], 1));
        });
    }

    /// <summary>P^-1/2 A P^-1/2 for a diagonal P: it has the eigenvalues of P^-1 A, which is not symmetric.</summary>
    /// <param name="diagonal">P [p], positive; the caller owns it and keeps it alive as long as the operator.</param>
    public SymmetricOperator Preconditioned(Tensor diagonal)
    {
        if (diagonal.dim() != 1 || diagonal.shape[0] != Dimension)
            throw new ArgumentException(
                $"the preconditioner has shape [{string.Join(',', diagonal.shape)}]; it must be [{Dimension}]", nameof(diagonal));
        using (NewDisposeScope())
        {
            if (!((diagonal > 0) & diagonal.isfinite()).all().ToBoolean())
                throw new ArgumentException(
                    "the preconditioner has an entry that is not positive or not finite; all entries must be both", nameof(diagonal));
        }
        return this with
        {
            Times = rows =>
            {
                using var scope = NewDisposeScope();
                var root = diagonal.to(Precision).rsqrt();
                return scope.MoveToOuter(Times(rows * root) * root);
            },
        };
    }

    /// <summary>A + B.</summary>
    public SymmetricOperator Plus(SymmetricOperator other)
    {
        if ((other.Dimension, other.Precision) != (Dimension, Precision))
            throw new ArgumentException(
                $"cannot add an operator of dimension {other.Dimension} in {other.Precision} "
                    + $"to one of dimension {Dimension} in {Precision}",
                nameof(other));
        return this with
        {
            Times = rows =>
            {
                using var scope = NewDisposeScope();
                return scope.MoveToOuter(Times(rows) + other.Times(rows));
            },
        };
    }

    /// <summary>A + sigma I.</summary>
    public SymmetricOperator Shifted(double sigma) => this with
    {
        Times = rows =>
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(Times(rows) + (sigma * rows));
        },
    };

    /// <summary>c A.</summary>
    public SymmetricOperator Scaled(double factor) => this with
    {
        Times = rows =>
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(factor * Times(rows));
        },
    };
}
