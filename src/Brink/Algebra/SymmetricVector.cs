namespace Brink.Algebra;

/// <summary>Symmetric k by k matrices as vectors of m = k(k+1)/2 numbers: the upper triangle row by row, with off-diagonal
/// entries multiplied by sqrt(2), so that the inner product of vectors is that of matrices.</summary>
public static class SymmetricVector
{
    /// <summary>m = k(k+1)/2.</summary>
    public static int Length(int k) => k * (k + 1) / 2;

    /// <summary>The entries (i, j), i at most j, in their order, each with its weight: 1 on the diagonal, sqrt(2) off
    /// it.</summary>
    public static IEnumerable<(int I, int J, double Weight)> Entries(int k)
    {
        for (var i = 0; i < k; i++)
            for (var j = i; j < k; j++) yield return (i, j, i == j ? 1 : Math.Sqrt(2));
    }

    /// <summary>Q [m,k*k] with orthonormal rows: vector = Q vec(matrix), and vec(matrix) = Q^T vector.</summary>
    public static Tensor Basis(int k)
    {
        var basis = new double[Length(k), k * k];
        var row = 0;
        foreach (var (i, j, weight) in Entries(k))
        {
            basis[row, (i * k) + j] = weight / (i == j ? 1 : 2);
            basis[row++, (j * k) + i] = weight / (i == j ? 1 : 2);
        }
        return tensor(basis);
    }

    /// <summary>A symmetric matrix [k,k] as a vector [m], in float64.</summary>
    public static Tensor Of(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Basis((int)matrix.shape[0]).mv(matrix.flatten()));
    }

    /// <summary>The symmetric matrix [k,k] of a vector [m].</summary>
    public static Tensor Matrix(Tensor vector)
    {
        using var scope = NewDisposeScope();
        var k = (int)Math.Round((Math.Sqrt(1 + (8 * vector.shape[0])) - 1) / 2);
        return scope.MoveToOuter(Basis(k).t().mv(vector).view(k, k));
    }

    /// <summary>Applies B [m,m], a linear map of such vectors, to a symmetric matrix [k,k].</summary>
    public static Tensor Times(Tensor B, Tensor matrix)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Matrix(B.mv(Of(matrix))));
    }
}
